/** The control plane answered a node's request with an error status. */
const DETAIL_LENGTH = 500;

export class RequestRefused extends Error {
  private constructor(
    readonly status: number,
    /** What the control plane said, cut short. */
    readonly detail: string,
  ) {
    super(`the control plane answered ${status}: ${detail}`);
    this.name = 'RequestRefused';
  }

  /** Reads the body, so that the connection can be used again. */
  static async from(response: Response): Promise<RequestRefused> {
    const text = await response.text().catch(() => '');
    return new RequestRefused(response.status, text.slice(0, DETAIL_LENGTH));
  }
}
