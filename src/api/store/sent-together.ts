/**
 * Waits for statements that were sent together. Where one fails, PostgreSQL refuses those after it because of it, and their
 * refusals may arrive first: what counts is the first by the order in which they were sent.
 */
export async function sentTogether(statements: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(statements);
  for (const each of settled) if (each.status === 'rejected') throw each.reason as Error;
}
