import type { OperationTraits } from './problem-codes.js';

/** Says of a success what it shows, for operations that do not say more themselves. Pure. */
export function answerDescription(status: number, { method, takes }: OperationTraits): string {
  if (status === 201) return 'It is made, and this is how it is now.';
  if (method === 'get') {
    return takes.has('cursor') ? 'A page. `nextCursor` is null where it is the last one.' : 'As it is now.';
  }
  return takes.has('dryRun')
    ? 'It is done, and this is how it is now. With `dryRun`: the plan; nothing is done.'
    : 'What was found.';
}
