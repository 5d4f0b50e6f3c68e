/**
 * Decides when a host counts as one that cannot be looked at: once it failed twice in a row, for what is taken away while
 * it is looked at fails one look. From then on nothing that was seen before may be told as though it were so.
 */
import type { ReportedCondition } from '../../contract/report.js';

const IN_A_ROW = 2;

export class LookFailures {
  #inARow = 0;
  #last = '';

  /** @returns whether the host counts as not to be looked at from now on. */
  failed(error: unknown): boolean {
    this.#inARow += 1;
    this.#last = error instanceof Error ? error.message : String(error);
    return this.#inARow === IN_A_ROW;
  }

  /** @returns whether it counts as looked at again. */
  succeeded(): boolean {
    const wasBlind = this.blind;
    this.#inARow = 0;
    return wasBlind;
  }

  get blind(): boolean {
    return this.#inARow >= IN_A_ROW;
  }

  /** Why nothing is known of the host at present. */
  get message(): string {
    return `The agent cannot look at this host, and repairs nothing: ${this.#last}. It tries again every few seconds.`;
  }

  condition(): ReportedCondition {
    const type = 'HostLookedOver';
    if (this.blind) return { type, status: 'False', reason: 'CannotLook', message: this.message };
    return { type, status: 'True', reason: 'Looks', message: 'The host is looked over every few seconds.' };
  }
}
