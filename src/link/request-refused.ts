/** The control plane answered a node's request with an error status. */
import { textOf, type Answer } from './ask.js';

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
  static async from(answer: Answer): Promise<RequestRefused> {
    const text = await textOf(answer).catch(() => '');
    return new RequestRefused(answer.status, text.slice(0, DETAIL_LENGTH));
  }
}
