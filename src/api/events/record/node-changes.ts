/**
 * What there is to tell of a node, and which services may be concerned: how it differs from what was told last. Pure.
 */
import type { HostDrift } from '../../../contract/report.js';
import type { Condition } from '../../../domain/status.js';
import type { NodeState } from '../../nodes/node-state.js';
import type { EventType } from '../event-type.js';
import { conditionChanges, toldConditions, type ToldConditions } from './status-changes.js';

/** A node as it is now. */
export interface SeenNode {
  readonly state: NodeState;
  readonly conditions: readonly (Pick<Condition, 'type' | 'status' | 'reason' | 'message'> & {
    readonly lastTransitionAt: string | null;
  })[];
  readonly drift: HostDrift | null;
  readonly lastSeenAt: Date | null;
  /** Up to which every document is in force. */
  readonly epoch: number | null;
  readonly version: number | null;
  /** Digest of all else that statuses of services hang on. */
  readonly rest: string;
}

/** What is kept of a node once it was told. */
export interface ToldNode extends Pick<SeenNode, 'state' | 'epoch' | 'version' | 'rest'> {
  readonly conditions: ToldConditions;
  readonly drifts: number;
  /** When the last drift was seen that was told, by the node's clock. */
  readonly driftAt: string;
}

export interface NodeChange {
  readonly type: EventType;
  readonly condition: string | null;
  readonly before: object | null;
  readonly after: object | null;
}

/** Services whose status a node may have moved: all of its own, those of documents between two versions, or none. */
export type Reach = 'all' | 'none' | { readonly from: number; readonly to: number };

const STATE_EVENTS: Readonly<Partial<Record<NodeState, EventType>>> = {
  connected: 'node.connected',
  away: 'node.lost',
  leaving: 'node.leaving',
  left: 'node.left',
};

export function toldNode({ state, conditions, drift, epoch, version, rest }: SeenNode): ToldNode {
  const driftAt = (drift?.latest ?? []).reduce((last, { lastAt }) => (lastAt > last ? lastAt : last), '');
  return {
    state,
    conditions: toldConditions(conditions),
    drifts: drift?.total ?? 0,
    driftAt,
    epoch,
    version,
    rest,
  };
}

/** @param before null: nothing was told of it. */
export function nodeChanges(before: ToldNode | null, after: SeenNode): NodeChange[] {
  const conditions = before === null ? [] : conditionChanges(before.conditions, after.conditions);
  return [
    ...stateChange(before, after),
    ...conditions.map(({ condition, before: was, after: is }) => ({
      type: 'node.condition-changed' as const,
      condition,
      before: was,
      after: is,
    })),
    ...drifted(before, after),
  ];
}

function stateChange(before: ToldNode | null, { state, lastSeenAt }: SeenNode): NodeChange[] {
  const type = STATE_EVENTS[state];
  if (type === undefined || before?.state === state) return [];
  const was = before === null ? null : { state: before.state };
  return [{ type, condition: null, before: was, after: { state, lastSeenAt } }];
}

/** A node counts anew when it starts. */
function drifted(before: ToldNode | null, { drift }: SeenNode): NodeChange[] {
  const total = drift?.total ?? 0;
  if (before === null || drift === null || total === 0 || total === before.drifts) return [];
  const latest = drift.latest.filter(({ lastAt }) => lastAt > before.driftAt);
  return [
    { type: 'node.drifted', condition: null, before: { total: before.drifts }, after: { total, latest } },
  ];
}

export function reachOf(before: ToldNode | null, after: SeenNode): Reach {
  const isElsewhere = before === null || before.epoch !== after.epoch || before.version === null;
  if (isElsewhere || before.state !== after.state || before.rest !== after.rest) return 'all';
  const { version: from } = before;
  return after.version === null || after.version <= (from ?? 0)
    ? 'none'
    : { from: from ?? 0, to: after.version };
}

/** Whether there is anything to keep that was not kept. */
export function isSameNode(before: ToldNode | null, after: ToldNode): boolean {
  return before !== null && JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
}

/** jsonb keeps an order of its own. */
function sorted({ conditions, ...rest }: ToldNode): unknown {
  const byName = Object.entries(conditions).sort(([a], [b]) => (a < b ? -1 : 1));
  const { state, epoch, version, rest: digest, drifts, driftAt } = rest;
  return [
    state,
    epoch,
    version,
    digest,
    drifts,
    driftAt,
    byName.map(([type, { status, reason }]) => [type, status, reason]),
  ];
}
