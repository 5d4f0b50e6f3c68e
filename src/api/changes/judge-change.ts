/**
 * Decides all that a change of services comes to, and stores nothing: the rules that it breaks, the directors' documents
 * that it moves, the drains that it begins and ends, and what it needs an approval for. A change that is made goes on from
 * here to be stored; one that is only planned ends here.
 */
import type { EntityManager } from 'typeorm';
import type { RuleViolation } from '../../domain/failure.js';
import { brokenRules } from '../../domain/rules/all-rules.js';
import { amongEachOther } from '../../domain/rules/among-each-other.js';
import type { Surroundings } from '../../domain/rules/surroundings.js';
import { inNumberOrder, marked, type Mark, type VirtualService } from '../../domain/virtual-service.js';
import { mapInTurns } from '../../platform/in-turns.js';
import { judgeServices } from '../delivery/publish/publish-documents.js';
import type { CommitOrder } from '../store/commit-order.js';
import type { SavedChange } from '../store/save-virtual-services.js';
import { judgeLosses, type JudgedLosses } from './judge-losses.js';
import { drainMoves } from './judge-drains.js';
import { loadSurroundings } from './load-surroundings.js';
import type { ServiceChange } from './service-change.js';
import { judgeDrains, type JudgedDrains } from './store-drains.js';
import { touchedBy, type TouchedByChange } from './touched-by.js';

/** After so many others have their turn. */
const JUDGED_AT_ONCE = 500;

export interface JudgedRules {
  readonly order: CommitOrder;
  /** Each at its place in the request. */
  readonly violations: readonly RuleViolation[];
}

type TakeOrder = (manager: EntityManager) => Promise<CommitOrder>;

/** A change whose services keep all rules. */
export interface JudgedChange {
  readonly changes: readonly SavedChange[];
  readonly touched: TouchedByChange;
  readonly drains: JudgedDrains;
  readonly losses: JudgedLosses;
}

export async function judgeRules(
  manager: EntityManager,
  takeOrder: TakeOrder,
  changes: readonly ServiceChange[],
): Promise<JudgedRules> {
  const { order, around } = await lookAround(manager, takeOrder, changes);
  return { order, violations: (await brokenByEach(changes, around)).flat() };
}

/** What there is beside the services as they shall be, without any of the changes. */
export type Around = ReadonlyMap<VirtualService, Surroundings>;

/** @param takeOrder is sent first, so that what is looked up is looked up in the order of commits, where it is held. */
export async function lookAround(
  manager: EntityManager,
  takeOrder: TakeOrder,
  changes: readonly ServiceChange[],
): Promise<{ readonly order: CommitOrder; readonly around: Around }> {
  const services = changes.flatMap(({ after }) => after ?? []);
  const [order, found] = await Promise.all([
    takeOrder(manager),
    loadSurroundings(manager, services, changes.map(idOf)),
  ]);
  return { order, around: new Map(services.map((service, index) => [service, known(found[index])])) };
}

/** By these changes beside each other, in their order. */
export async function brokenByEach(
  changes: readonly ServiceChange[],
  around: Around,
): Promise<readonly (readonly RuleViolation[])[]> {
  const services = changes.flatMap(({ after }) => after ?? []);
  const found = services.map((service) => known(around.get(service)));
  const beside = new Map(amongEachOther(services, found).map((each, index) => [services[index], each]));
  return mapInTurns(changes, JUDGED_AT_ONCE, ({ before, after, where }) => {
    if (after === null) return [];
    const violations = brokenRules({ before, after, surroundings: known(beside.get(after)) });
    return violations.map((violation) => ({ ...violation, field: where(violation.field) }));
  });
}

function known(surroundings: Surroundings | undefined): Surroundings {
  if (surroundings === undefined) throw new Error('a service has no surroundings');
  return surroundings;
}

/** @param approve the difference that the caller approved. */
export async function judgeChange(
  manager: EntityManager,
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
  const losses = await judgeLosses(manager, services, { changes, approve });
  return { changes, touched, drains, losses };
}

/** With its place in the history, as it is stored. */
export function markedChange({ before, after }: ServiceChange, mark: Mark): SavedChange {
  const { revision } = mark;
  if (after === null) return { before, after, revision };
  const ordered = inNumberOrder(after);
  const made = before === null ? { ...ordered, createdAt: mark.at } : ordered;
  return { before, after: marked(made, mark), revision };
}

function idOf({ before, after }: ServiceChange): string {
  return (after ?? before)?.id ?? '';
}
