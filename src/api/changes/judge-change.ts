/**
 * Decides all that a change of services comes to, and stores nothing: the rules that it breaks, the directors' documents
 * that it moves, the drains that it begins and ends, and what it needs an approval for. A change that is made goes on from
 * here to be stored; one that is only planned ends here.
 */
import type { EntityManager } from 'typeorm';
import type { RuleViolation } from '../../domain/failure.js';
import { brokenRules } from '../../domain/rules/all-rules.js';
import { amongEachOther } from '../../domain/rules/among-each-other.js';
import { inNumberOrder, marked, type Mark } from '../../domain/virtual-service.js';
import { judgeServices } from '../delivery/publish/publish-documents.js';
import type { CommitOrder } from '../store/commit-order.js';
import type { SavedChange } from '../store/save-virtual-services.js';
import { judgeLosses, type JudgedLosses } from './judge-losses.js';
import { drainMoves } from './judge-drains.js';
import { loadSurroundings } from './load-surroundings.js';
import type { ServiceChange } from './service-change.js';
import { judgeDrains, type JudgedDrains } from './store-drains.js';
import { touchedBy, type TouchedByChange } from './touched-by.js';

export interface JudgedRules {
  readonly order: CommitOrder;
  /** Each at its place in the request. */
  readonly violations: readonly RuleViolation[];
}

/** A change whose services keep all rules. */
export interface JudgedChange {
  readonly changes: readonly SavedChange[];
  readonly touched: TouchedByChange;
  readonly drains: JudgedDrains;
  readonly losses: JudgedLosses;
}

/** @param takeOrder is sent first, so that what is looked up is looked up in the order of commits, where it is held. */
export async function judgeRules(
  manager: EntityManager,
  takeOrder: (manager: EntityManager) => Promise<CommitOrder>,
  changes: readonly ServiceChange[],
): Promise<JudgedRules> {
  const kept = changes.flatMap(({ after, ...rest }) => (after === null ? [] : [{ ...rest, after }]));
  const services = kept.map(({ after }) => after);
  const [order, found] = await Promise.all([
    takeOrder(manager),
    loadSurroundings(manager, services, changes.map(idOf)),
  ]);
  const surroundings = amongEachOther(services, found);
  const violations = kept.flatMap(({ before, after, where }, index) => {
    const around = surroundings[index];
    if (around === undefined) throw new Error('a service has no surroundings');
    const broken = brokenRules({ before, after, surroundings: around });
    return broken.map((violation) => ({ ...violation, field: where(violation.field) }));
  });
  return { order, violations };
}

/** @param approve the difference that the caller approved. */
export async function judgeChange(
  manager: EntityManager,
  order: CommitOrder,
  changes: readonly SavedChange[],
  approve: string | undefined,
): Promise<JudgedChange> {
  const touched = touchedBy(changes);
  const { services: after, gone } = touched;
  const ids = after.map(({ id }) => id);
  const judging = judgeDrains(manager, ids, drainMoves(changes));
  const [drains, services] = await Promise.all([
    judging,
    judgeServices(manager, ids, { services: after, drains: judging.then((judged) => judged.after) }, gone),
  ]);
  const losses = await judgeLosses(manager, order, services, { changes, approve });
  return { changes, touched, drains, losses };
}

/** With its place in the history, as it is stored. */
export function markedChange({ before, after }: ServiceChange, mark: Mark): SavedChange {
  if (after === null) return { before, after };
  const ordered = inNumberOrder(after);
  return { before, after: marked(before === null ? { ...ordered, createdAt: mark.at } : ordered, mark) };
}

function idOf({ before, after }: ServiceChange): string {
  return (after ?? before)?.id ?? '';
}
