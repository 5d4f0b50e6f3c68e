/**
 * How many questions a node answers: a few at once, and on average so many a second. What goes beyond is refused, so
 * that whoever asks the control plane over and over cannot keep a director from its work. Pure: the time is handed in.
 */
const AT_ONCE = 4;
const PER_SECOND = 5;
/** After a pause, so many may come one after the other. */
const BURST = 20;

export class QuestionLimit {
  #open = 0;
  #allowance = BURST;
  #countedAtMs = 0;

  /** Whether one more may be answered now; `end` is to be called after one that may. */
  begin(nowMs: number): boolean {
    const earned = ((nowMs - this.#countedAtMs) / 1_000) * PER_SECOND;
    this.#allowance = Math.min(BURST, this.#allowance + earned);
    this.#countedAtMs = nowMs;
    if (this.#open >= AT_ONCE || this.#allowance < 1) return false;
    this.#open += 1;
    this.#allowance -= 1;
    return true;
  }

  end(): void {
    this.#open -= 1;
  }
}
