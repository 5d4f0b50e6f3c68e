/**
 * Whether the guard's rules are all there, for a process that did not load them and so does not know how this version of
 * nft spells them: each of ours drops by the set of VIPs, and no other rule in the table does. Pure.
 */
import { guardRules, type GuardFamily } from '../../../setup/linux/guard-rules.js';
import type { Comparison } from '../../verify/comparison.js';
import { GUARD_SET, GUARD_TABLE } from '../../../setup/linux/guard-text.js';

/** `listing`: the table as nft lists it, empty where there is none. */
export function compareGuard(family: GuardFamily, listing: string): Comparison {
  const { input, output } = guardRules(family, `@${GUARD_SET}`);
  const wanted = `${input.length + output.length} rules`;
  const rules = listing
    .split('\n')
    .filter((line) => line.includes(`@${GUARD_SET} `) && / drop\s*$/.test(line));
  const found = listing === '' ? 'no table' : `${rules.length} rules`;
  return { thing: `nftables table ${family} ${GUARD_TABLE}`, wanted, found };
}
