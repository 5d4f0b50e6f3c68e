/** A watch whose events are made by a test. */
import type { HostWatch } from './host-watch.js';

export class FakeWatch implements HostWatch {
  trouble: string | null = null;
  watching = false;
  #onMoved: () => void = () => undefined;

  start(onMoved: () => void): void {
    this.watching = true;
    this.#onMoved = onMoved;
  }

  stop(): Promise<void> {
    this.watching = false;
    return Promise.resolve();
  }

  move(): void {
    if (this.watching) this.#onMoved();
  }
}
