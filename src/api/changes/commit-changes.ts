/**
 * The road from changed services to a revision: judged first, then saved, audited and published. However many services one
 * change is about, they are one revision and a few statements, and either all of it is done or none.
 */
import type { EntityManager } from 'typeorm';
import { Failed, rulesBroken } from '../../domain/failure.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { approveReleases } from '../delivery/publish/approve-releases.js';
import { storeDocuments } from '../delivery/publish/publish-documents.js';
import { takeNextRevision, type CommitOrder } from '../store/commit-order.js';
import { saveVirtualServices } from '../store/save-virtual-services.js';
import { sentTogether } from '../store/sent-together.js';
import { approvalRequired } from './approval-required.js';
import { auditVirtualService } from './audit-virtual-service.js';
import { judgeChange, judgeRules, markedChange, type JudgedChange } from './judge-change.js';
import { keepWindow } from './judge-losses.js';
import { recordRevision } from './record-revision.js';
import type { ServiceChange } from './service-change.js';
import { storeDrains } from './store-drains.js';

interface Committed {
  readonly revision: number;
  /** As they are stored, in the order of the changes; null: gone. */
  readonly services: readonly (VirtualService | null)[];
}

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
  const { order, violations } = await judgeRules(manager, takeNextRevision, changes);
  const [first, ...others] = violations;
  if (first !== undefined) throw new Failed(rulesBroken([first, ...others]));
  const mark = { revision: order.revision, at: new Date() };
  const stored = changes.map((change) => markedChange(change, mark));
  const judged = await judgeChange(manager, order, stored, approve);
  const { needed, isApproved } = judged.losses;
  if (needed !== null && !isApproved) throw new Failed(approvalRequired(needed));
  await store(manager, order, mark.at, judged);
  return { revision: order.revision, services: stored.map(({ after }) => after) };
}

/**
 * Sent together, executed in this order: what compiles the hosts' documents sees what was saved before it. That stands last,
 * for it goes on with what it was answered, and must not when something before it failed.
 */
async function store(
  manager: EntityManager,
  order: CommitOrder,
  at: Date,
  { changes, touched, drains, losses }: JudgedChange,
): Promise<void> {
  const entries = changes.flatMap(({ before, after }) => auditVirtualService(before, after));
  await sentTogether([
    saveVirtualServices(manager, changes),
    recordRevision(manager, order, at, entries),
    storeDrains(manager, drains),
    keepWindow(manager, losses),
    approveReleases(manager, order.revision, touched.vips),
    storeDocuments(manager, order, losses.services, touched.vips),
  ]);
}
