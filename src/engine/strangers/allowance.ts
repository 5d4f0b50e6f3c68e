/** So many of a thing in each span of time, and no more: whoever asks for it may be a flood. Pure but for its memory. */
export class Allowance {
  private span = -1;
  private taken = 0;

  constructor(
    private readonly most: number,
    private readonly spanMs: number,
  ) {}

  /** Whether there is one left. @param now by `performance.now()`. */
  take(now: number): boolean {
    const span = Math.floor(now / this.spanMs);
    if (span !== this.span) [this.span, this.taken] = [span, 0];
    return ++this.taken <= this.most;
  }
}
