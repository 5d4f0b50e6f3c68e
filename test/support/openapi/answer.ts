/** What an API under test was asked and has answered, as it was seen. */
export interface Answer {
  readonly method: string;
  /** As it was asked for, with its query. */
  readonly url: string;
  /** The headers of the request. */
  readonly asked: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string | null;
}
