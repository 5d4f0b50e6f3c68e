/**
 * The road from changed services to a revision: rules, save, audit, drains, approval, documents. However many services one
 * change is about, they are one revision and a few statements, and either all of it is done or none.
 */
import type { EntityManager } from 'typeorm';
import { Failed, rulesBroken } from '../../domain/failure.js';
import { brokenRules } from '../../domain/rules/all-rules.js';
import { amongEachOther } from '../../domain/rules/among-each-other.js';
import { inNumberOrder, marked, type Mark, type VirtualService } from '../../domain/virtual-service.js';
import { approveReleases } from '../delivery/publish/approve-releases.js';
import { publishDocuments } from '../delivery/publish/publish-documents.js';
import { takeNextRevision, type CommitOrder } from '../store/commit-order.js';
import { saveVirtualServices } from '../store/save-virtual-services.js';
import { approveChange } from './approve-change.js';
import { auditVirtualService } from './audit-virtual-service.js';
import { loadSurroundings } from './load-surroundings.js';
import { recordRevision } from './record-revision.js';
import type { ServiceChange } from './service-change.js';
import { touchedBy } from './touched-by.js';
import { updateDrains } from './update-drains.js';

interface Committed {
  readonly revision: number;
  /** As they are stored, in the order of the changes; null: gone. */
  readonly services: readonly (VirtualService | null)[];
}

/** @param approve the difference that the caller approved. */
export async function commitChanges(
  manager: EntityManager,
  changes: readonly ServiceChange[],
  approve: string | undefined,
): Promise<Committed> {
  const order = await orderIfAllowed(manager, changes);
  const mark = { revision: order.revision, at: new Date() };
  const stored = changes.map((change) => ({ ...change, after: markedAfter(change, mark) }));
  await store(manager, stored, { order, at: mark.at, approve });
  return { revision: order.revision, services: stored.map(({ after }) => after) };
}

/**
 * Judged in the order of commits: two changes that break a rule only together must not both find it kept. One that
 * breaks a rule gives its revision back.
 */
async function orderIfAllowed(
  manager: EntityManager,
  changes: readonly ServiceChange[],
): Promise<CommitOrder> {
  const kept = changes.flatMap(({ after, ...rest }) => (after === null ? [] : [{ ...rest, after }]));
  const services = kept.map(({ after }) => after);
  const [order, found] = await Promise.all([
    takeNextRevision(manager),
    loadSurroundings(manager, services, changes.map(idOf)),
  ]);
  const surroundings = amongEachOther(services, found);
  const [first, ...others] = kept.flatMap(({ before, after, where }, index) => {
    const around = surroundings[index];
    if (around === undefined) throw new Error('a service has no surroundings');
    const violations = brokenRules({ before, after, surroundings: around });
    return violations.map((violation) => ({ ...violation, field: where(violation.field) }));
  });
  if (first !== undefined) throw new Failed(rulesBroken([first, ...others]));
  return order;
}

function idOf({ before, after }: ServiceChange): string {
  return (after ?? before)?.id ?? '';
}

function markedAfter({ before, after }: ServiceChange, mark: Mark): VirtualService | null {
  if (after === null) return null;
  const ordered = inNumberOrder(after);
  return marked(before === null ? { ...ordered, createdAt: mark.at } : ordered, mark);
}

/**
 * Sent together, executed in this order: what compiles documents sees what was saved before it. That stands last, for it
 * goes on with what it was answered, and must not when something before it failed.
 */
async function store(
  manager: EntityManager,
  changes: readonly ServiceChange[],
  {
    order,
    at,
    approve,
  }: { readonly order: CommitOrder; readonly at: Date; readonly approve: string | undefined },
): Promise<void> {
  const touched = touchedBy(changes);
  await Promise.all([
    saveVirtualServices(manager, changes),
    recordRevision(
      manager,
      order,
      at,
      changes.flatMap(({ before, after }) => auditVirtualService(before, after)),
    ),
    ...changes.map(
      ({ before, after }) => before !== null && after !== null && updateDrains(manager, before, after),
    ),
    approveReleases(manager, order.revision, touched.vips),
    publishDocuments(manager, order, touched, (services) =>
      approveChange(manager, order, services, { changes, approve }),
    ),
  ]);
}
