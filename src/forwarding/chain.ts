/** A chain of the table, without its bindings. */
export interface Chain {
  readonly name: string;
  readonly rules: readonly string[];
}
