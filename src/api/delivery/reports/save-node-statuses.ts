/** Stores the last that nodes said of themselves. A condition keeps the time of its last transition while it stays as it is. */
import type { EntityManager } from 'typeorm';
import type { ReportedCondition, ReportedHost } from '../../../contract/report.js';
import type { NodeStatusRow } from '../../store/rows/node-status.row.js';
import type { TakenReport } from './judge-reports.js';
import { isLeaving } from './turn-hosts.js';

const SQL = `
  UPDATE node_status s SET
    sequence = w.sequence, epoch = w.epoch, version = w.version, revision = w.revision, host = w.host,
    seen_addresses = w.seen_addresses, engine = w.engine, capabilities = w.capabilities,
    conditions = w.conditions, drift = w.drift, segment = w.segment, leaving = w.leaving, last_seen_at = $2
  FROM jsonb_to_recordset($1::jsonb) AS w (
    node_id uuid, sequence bigint, epoch integer, version bigint, revision bigint, host jsonb,
    seen_addresses inet[], engine jsonb, capabilities jsonb, conditions jsonb, drift jsonb, segment jsonb, leaving boolean)
  WHERE s.node_id = w.node_id`;

export async function saveNodeStatuses(
  manager: EntityManager,
  reports: readonly TakenReport[],
): Promise<void> {
  const now = new Date();
  await manager.query(SQL, [JSON.stringify(reports.map((taken) => statusRow(taken, now))), now]);
}

function statusRow({ nodeId, report, before }: TakenReport, now: Date): object {
  const { sequence, position, revision, host } = report;
  const director = report.role === 'director' ? report : null;
  return {
    node_id: nodeId,
    sequence,
    epoch: position?.epoch ?? null,
    version: position?.version ?? null,
    revision,
    host,
    seen_addresses: director === null ? [] : addressesOf(director.host),
    engine: director?.engine ?? null,
    capabilities: director?.capabilities ?? null,
    conditions: withTransitions(report.conditions, before.conditions, now),
    drift: report.drift ?? null,
    segment: director?.segment ?? null,
    leaving: isLeaving(report),
  };
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
  const since = new Map(before.map((old) => [standing(old), old.lastTransitionAt]));
  return reported.map((condition) => ({
    ...condition,
    lastTransitionAt: since.get(standing(condition)) ?? now.toISOString(),
  }));
}

function standing({ type, status }: ReportedCondition): string {
  return `${type} ${status}`;
}
