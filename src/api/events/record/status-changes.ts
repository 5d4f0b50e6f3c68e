/**
 * What there is to tell of a status: how it differs from what was told last. Pure. A condition has changed when its
 * status or its reason has; new words alone are no event, for they count and name times.
 */
import type { Condition, Status } from '../../../domain/status.js';

interface ToldCondition {
  readonly status: Condition['status'];
  readonly reason: string;
}

export type ToldConditions = Readonly<Record<string, ToldCondition>>;

type ToldSummary = Pick<Status, 'provisioning' | 'operating' | 'observedRevision'>;

/** What is kept of a status once it was told. */
export interface ToldStatus extends ToldSummary {
  readonly conditions: ToldConditions;
}

/** An event without what it is about. */
export interface Change {
  readonly what: 'status-changed' | 'condition-changed';
  readonly condition: string | null;
  readonly before: object | null;
  readonly after: object | null;
}

export function toldStatus({ conditions, ...rest }: Status): ToldStatus {
  return { ...summaryOf(rest), conditions: toldConditions(conditions) };
}

export function toldConditions(
  conditions: readonly Pick<Condition, 'type' | 'status' | 'reason'>[],
): ToldConditions {
  return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, { status, reason }]));
}

/** @param before null: nothing was told of the object, whose whole status is news then. */
export function statusChanges(before: ToldStatus | null, after: Status): Change[] {
  if (before === null) return [firstStatus(after)];
  const [was, is] = [summaryOf(before), summaryOf(after)];
  const summary: Change = { what: 'status-changed', condition: null, before: was, after: is };
  return [...(isSame(was, is) ? [] : [summary]), ...conditionChanges(before.conditions, after.conditions)];
}

function firstStatus(after: Status): Change {
  const conditions = after.conditions.map(({ type, status, reason }) => ({ type, status, reason }));
  return {
    what: 'status-changed',
    condition: null,
    before: null,
    after: { ...summaryOf(after), conditions },
  };
}

/** One that is shown no more has no `after`. */
export function conditionChanges(
  before: ToldConditions,
  after: readonly (Pick<Condition, 'type' | 'status' | 'reason'> & object)[],
): Change[] {
  const what = 'condition-changed';
  const moved = after.flatMap(({ type, ...is }): Change[] => {
    const was = before[type] ?? null;
    const isMoved = was === null || was.status !== is.status || was.reason !== is.reason;
    return isMoved ? [{ what, condition: type, before: was, after: is }] : [];
  });
  const shown = new Set(after.map(({ type }) => type));
  const gone = Object.entries(before).flatMap(([type, was]): Change[] =>
    shown.has(type) ? [] : [{ what, condition: type, before: was, after: null }],
  );
  return [...moved, ...gone];
}

function summaryOf({ provisioning, operating, observedRevision }: ToldSummary): ToldSummary {
  return { provisioning, operating, observedRevision };
}

function isSame(a: ToldSummary, b: ToldSummary): boolean {
  return (
    a.provisioning === b.provisioning &&
    a.operating === b.operating &&
    a.observedRevision === b.observedRevision
  );
}
