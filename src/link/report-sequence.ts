/**
 * Numbers the reports of a node, so that the control plane can tell a late one from a newer one. The number begins at
 * the time of the start, so that it rises over restarts without being kept on disk; where the clock was set back, the
 * control plane's answer tells how far it had come.
 */
const PER_MILLISECOND = 1_000;

export class ReportSequence {
  #last: number;

  /** @param startedAt milliseconds since 1970. */
  constructor(startedAt: number) {
    this.#last = startedAt * PER_MILLISECOND;
  }

  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** @returns false where the report of that number was dropped; the next one then passes all that was taken. */
  wasTaken(sent: number, highestTaken: number): boolean {
    this.#last = Math.max(this.#last, highestTaken);
    return highestTaken <= sent;
  }
}
