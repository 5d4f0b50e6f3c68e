/** Stores the last that a node said of itself. A condition keeps the time of its last transition while it stays as it is. */
import type { EntityManager } from 'typeorm';
import type { Report, ReportedCondition, ReportedHost } from '../../../contract/report.js';
import { NodeStatusRow } from '../../store/rows/node-status.row.js';

export interface Saved {
  /** False: a report with this sequence or a higher one was taken before, and nothing was stored. */
  readonly taken: boolean;
  /** Highest sequence of a report that was taken, this one included. */
  readonly sequence: number;
  /** Version that the node had confirmed before, in the same epoch; null: none. */
  readonly versionBefore: number | null;
}

export async function saveNodeStatus(manager: EntityManager, nodeId: string, report: Report): Promise<Saved> {
  const before = await lockStatus(manager, nodeId);
  const versionBefore = before.epoch === report.position?.epoch ? before.version : null;
  if (report.sequence <= before.sequence) return { taken: false, sequence: before.sequence, versionBefore };
  const now = new Date();
  await manager.update(
    NodeStatusRow,
    { nodeId },
    {
      sequence: report.sequence,
      epoch: report.position?.epoch ?? null,
      version: report.position?.version ?? null,
      revision: report.revision,
      host: report.host,
      seenAddresses: report.role === 'director' ? addressesOf(report.host) : [],
      engine: report.role === 'director' ? report.engine : null,
      capabilities: report.role === 'director' ? report.capabilities : null,
      conditions: withTransitions(report.conditions, before.conditions, now),
      drift: report.role === 'agent' ? report.drift : null,
      lastSeenAt: now,
    },
  );
  return { taken: true, sequence: report.sequence, versionBefore };
}

/** Two reports of one node are taken one after the other, whichever processes they came to. */
async function lockStatus(manager: EntityManager, nodeId: string): Promise<NodeStatusRow> {
  const find = () =>
    manager.findOne(NodeStatusRow, { where: { nodeId }, lock: { mode: 'pessimistic_write' } });
  const status = await find();
  if (status !== null) return status;
  await manager.query(
    'INSERT INTO node_status (node_id, last_seen_at) VALUES ($1, now()) ON CONFLICT DO NOTHING',
    [nodeId],
  );
  const made = await find();
  if (made === null) throw new Error(`the node ${nodeId} was deleted while it reported`);
  return made;
}

function addressesOf(host: ReportedHost): string[] {
  const own = host.interfaces.flatMap(({ addresses }) =>
    addresses.map((each) => each.split('/', 1)[0] ?? each),
  );
  return [...new Set([...own, ...host.gateways])];
}

function withTransitions(
  reported: readonly ReportedCondition[],
  before: NodeStatusRow['conditions'],
  now: Date,
): NodeStatusRow['conditions'] {
  return reported.map((condition) => {
    const old = before.find(({ type, status }) => type === condition.type && status === condition.status);
    return { ...condition, lastTransitionAt: old?.lastTransitionAt ?? now.toISOString() };
  });
}
