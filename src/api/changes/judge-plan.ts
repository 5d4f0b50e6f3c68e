/**
 * Decides what a plan says of changes that nobody makes: by the same judgement as that of a change which is made, and then
 * what it would store. It reads on the snapshot of the plan, and writes nothing; PostgreSQL would not let it.
 */
import type { EntityManager } from 'typeorm';
import type { NeededApproval, RuleViolation } from '../../domain/failure.js';
import { judgeUnstoredVips } from '../delivery/publish/publish-documents.js';
import { placeOf, readBodies, type Compared, type Compiled } from '../delivery/publish/write-documents.js';
import { readCommitOrder, type CommitOrder } from '../store/commit-order.js';
import type { VipOnHost } from '../store/observe-real-servers.js';
import type { SavedChange } from '../store/save-virtual-services.js';
import { auditEntries } from './audit-entries.js';
import { judgeChange, judgeRules, markedChange, type JudgedChange } from './judge-change.js';
import type { PlannedDocument, PlannedObjects } from './planned-objects.js';
import type { TakenChanges } from './plan-in-progress.js';

/** What the changes would come to. */
export interface JudgedPlan extends PlannedObjects {
  /** Virtual services as they are and as they would be; none where a rule is broken. */
  readonly services: readonly SavedChange[];
  /** Of the configuration that it was made on. */
  readonly revision: number;
  /** All rules that are broken; where there are any, nothing is said of documents or approvals. */
  readonly violations: readonly RuleViolation[];
  /** What needs a word of its own, and whether that was given. */
  readonly approval: (NeededApproval & { readonly given: boolean }) | null;
}

export async function judgePlan(
  manager: EntityManager,
  { changes, refused, objects, approve }: TakenChanges,
): Promise<JudgedPlan> {
  const { order, violations: broken } = await judgeRules(manager, readNextOrder, changes);
  const saved = changes.map((change) => markedChange(change, { revision: order.revision, at: NEVER }));
  const plan = {
    revision: order.revision - 1,
    entries: [...(await auditEntries(saved)), ...objects.entries],
    violations: [...refused, ...broken],
  };
  if (plan.violations.length > 0) return { ...plan, services: [], approval: null, documents: [] };
  const judged = await judgeChange(manager, saved, approve);
  const { needed, isApproved } = judged.losses;
  return {
    ...plan,
    services: saved,
    approval: needed === null ? null : { ...needed, given: isApproved },
    documents: [...(await documentsOf(manager, judged)), ...objects.documents],
  };
}

/** A plan tells no time of a change that is not made. */
const NEVER = new Date(0);

async function readNextOrder(manager: EntityManager): Promise<CommitOrder> {
  const order = await readCommitOrder(manager);
  return { ...order, revision: order.revision + 1 };
}

async function documentsOf(
  manager: EntityManager,
  { changes, touched, losses }: JudgedChange,
): Promise<PlannedDocument[]> {
  const { moved } = losses.services;
  const changed = changes.flatMap(({ before, after }) => (after ?? before)?.id ?? []);
  const services = await besideStored(manager, moved.filter(saysSomethingElse));
  const pairs = [...touched.vips, ...services.flatMap(namedBefore)];
  const vips = await judgeUnstoredVips(manager, pairs, { changed, services: touched.services, moved });
  return [...services, ...(await besideStored(manager, vips.moved))];
}

/** Hosts that directors send packets to by now, a drain's included. Where there is no director, they are let go of at once. */
function namedBefore({ before }: PlannedDocument): VipOnHost[] {
  if (before?.kind !== 'service') return [];
  return before.servers.map(({ address: host }) => ({ vip: before.address, host }));
}

/** A document of which only the word about a loss is new says the same. */
function saysSomethingElse({ digest, digestBefore }: Compared): boolean {
  return digest !== digestBefore;
}

/** Documents as they would be, beside what is stored in their places. */
async function besideStored(
  manager: EntityManager,
  documents: readonly Compiled[],
): Promise<PlannedDocument[]> {
  const stored = await readBodies(manager, documents);
  return documents.map((document) => {
    const { scope, key, body } = document;
    return { scope, key, before: stored.get(placeOf(document)) ?? null, after: body };
  });
}
