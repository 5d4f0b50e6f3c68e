import type { ReportedCondition } from '../../contract/report.js';
import type { Deviation } from '../../link/drift/deviation.js';
import { someOf } from '../../platform/some-of.js';
import { isOfTable } from './deviations.js';

/** @param wrong what was undone and not repaired since. */
export function rulesInForce(wrong: readonly Deviation[]): ReportedCondition {
  const type = 'RulesInForce';
  const undone = wrong.filter(isOfTable).map(({ thing, found }) => `${thing} (${found})`);
  if (undone.length === 0) {
    const message = 'Rules and elements are as this engine loaded them.';
    return { type, status: 'True', reason: 'AsLoaded', message };
  }
  const message = `Somebody undid on this director: ${someOf(undone)}. Packets that meet no rule are dropped until it is repaired.`;
  return { type, status: 'False', reason: 'RulesUndone', message };
}
