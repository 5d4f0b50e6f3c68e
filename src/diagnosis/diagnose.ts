/** Names every cause that what is known speaks for, the most likely first. Pure. */
import { ALL_CAUSES } from './all-causes.js';
import type { Cause } from './cause.js';
import type { Finding } from './finding.js';
import type { Known } from './known.js';

export function diagnose(known: Known, causes: readonly Cause[] = ALL_CAUSES): readonly Finding[] {
  return causes.flatMap(({ code, severity, title, why, find, fix }) => {
    const sight = find(known);
    if (sight === null) return [];
    const { seen, facts = {} } = sight;
    return [{ code, severity, title, seen, why, fix: fix(known), facts }];
  });
}
