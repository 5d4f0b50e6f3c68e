/**
 * Has few pieces of work done at a time, and few wait for their turn: whoever comes when all places are taken, or waits for
 * too long, is refused at once and may come again, and what was refused is never begun.
 */
import pLimit from 'p-limit';

export interface TurnBounds {
  readonly atOnce: number;
  readonly waiting: number;
  /** For a turn. */
  readonly longestWaitMs: number;
}

export class BoundedTurns {
  private readonly turn: ReturnType<typeof pLimit>;
  /** At work and waiting. */
  private inside = 0;

  /** @param refusal made for each who is refused. */
  constructor(
    private readonly bounds: TurnBounds,
    private readonly refusal: () => Error,
  ) {
    this.turn = pLimit(bounds.atOnce);
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const { atOnce, waiting } = this.bounds;
    if (this.inside >= atOnce + waiting) throw this.refusal();
    this.inside += 1;
    try {
      return await this.inTurn(work);
    } finally {
      this.inside -= 1;
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        reject(this.refusal());
      }, this.bounds.longestWaitMs);
      void this.turn(async () => {
        clearTimeout(timer);
        if (!isLate) await work().then(resolve, reject);
      });
    });
  }
}
