/**
 * The road from changed services to a revision: judged first, then saved, audited and published. However many services one
 * change is about, they are one revision and a few statements, and either all of it is done or none.
 */
import type { EntityManager } from 'typeorm';
import { Failed, rulesBroken } from '../../domain/failure.js';
import { takeNextRevision } from '../store/commit-order.js';
import { sharedBy } from '../store/shared-transaction.js';
import { approvalRequired } from './approval-required.js';
import { auditEntries } from './audit-entries.js';
import { commitTogether, type Committed } from './commit-together.js';
import { judgeChange, judgeRules, markedChange } from './judge-change.js';
import { currentAsker } from './record-revision.js';
import type { ServiceChange } from './service-change.js';
import { storeJudged } from './store-judged.js';

/**
 * Judged in the order of commits: two changes that break a rule only together must not both find it kept. One that
 * breaks a rule gives its revision back.
 * @param approve the difference that the caller approved.
 */
export async function commitChanges(
  manager: EntityManager,
  changes: readonly ServiceChange[],
  approve: string | undefined,
): Promise<Committed> {
  const shared = sharedBy(manager);
  if (shared !== undefined) return commitTogether(manager, shared, changes, approve);
  const { order, violations } = await judgeRules(manager, takeNextRevision, changes);
  const [first, ...others] = violations;
  if (first !== undefined) throw new Failed(rulesBroken([first, ...others]));
  const mark = { revision: order.revision, at: new Date() };
  const stored = changes.map((change) => markedChange(change, mark));
  const judged = await judgeChange(manager, stored, approve);
  const { needed, isApproved } = judged.losses;
  if (needed !== null && !isApproved) throw new Failed(approvalRequired(needed));
  const entries = await auditEntries(stored);
  const made = [{ number: order.revision, asker: currentAsker(), entries }];
  await storeJudged(manager, order, mark.at, judged, made);
  return { revision: order.revision, services: stored.map(({ after }) => after) };
}
