/** One task at a time, in the order they came: two that change the host would undo each other. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  /** Tasks that were asked for, and those that are over. */
  private begun = 0;
  private over = 0;

  take<T>(task: () => Promise<T>): Promise<T> {
    this.begun++;
    const result = this.last.then(task).finally(() => this.over++);
    this.last = result.catch(() => undefined);
    return result;
  }

  /** Returns a function that tells whether no task was under way since now. */
  stillness(): () => boolean {
    const { begun } = this;
    const idle = begun === this.over;
    return () => idle && this.begun === begun;
  }
}
