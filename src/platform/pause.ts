/** Resolves after so long by the timers that tests may hold and turn: those of `node:timers/promises` go by themselves. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
