/** Stores the last that a node said of itself. A condition keeps the time of its last transition while it stays as it is. */
import type { EntityManager } from 'typeorm';
import type { Report, ReportedCondition, ReportedHost } from '../../../contract/report.js';
import { NodeStatusRow } from '../../store/rows/node-status.row.js';

/** @returns the version that the node had confirmed before, in the same epoch; null: none. */
export async function saveNodeStatus(
  manager: EntityManager,
  nodeId: string,
  report: Report,
): Promise<{ readonly version: number | null }> {
  const before = await manager.findOne(NodeStatusRow, {
    where: { nodeId },
    lock: { mode: 'pessimistic_write' },
  });
  const now = new Date();
  await manager.upsert(
    NodeStatusRow,
    {
      nodeId,
      epoch: report.position?.epoch ?? null,
      version: report.position?.version ?? null,
      revision: report.revision,
      host: report.host,
      seenAddresses: addressesOf(report.host),
      engine: report.role === 'director' ? report.engine : null,
      capabilities: report.role === 'director' ? report.capabilities : null,
      conditions: withTransitions(report.conditions, before?.conditions ?? [], now),
      lastSeenAt: now,
    },
    ['nodeId'],
  );
  return { version: before?.epoch === report.position?.epoch ? (before?.version ?? null) : null };
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
