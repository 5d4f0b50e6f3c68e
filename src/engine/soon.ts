/** Resolves when that is over, or after so long. */
export function soon(over: Promise<unknown>, mostMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, mostMs);
    void over.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
