/**
 * What follows when an agent says that it is being taken off its host, or that it stays after all. Its host then lets go
 * of its VIPs as for an operator's change: the directors drain its servers, and a VIP leaves when none of them can send
 * there any more. It is an operator's word, given on the host itself, so that the release counts as approved.
 * The caller holds the commit order and has stored the reports.
 */
import type { EntityManager } from 'typeorm';
import type { Report } from '../../../contract/report.js';
import type { CommitOrder } from '../../store/commit-order.js';
import { approveReleases } from '../publish/approve-releases.js';
import type { Touched } from '../publish/publish-documents.js';
import { DIRECTORS_SCOPE } from '../publish/write-documents.js';
import type { TakenReport } from './judge-reports.js';

/** A node that now says otherwise than before. */
interface Turn {
  readonly nodeId: string;
  readonly leaving: boolean;
}

export function isLeaving(report: Report): boolean {
  return report.role === 'agent' && report.leaving === true;
}

export function turnsOf(taken: readonly TakenReport[]): Turn[] {
  return taken.flatMap(({ nodeId, report, before }) =>
    isLeaving(report) === before.leaving ? [] : [{ nodeId, leaving: !before.leaving }],
  );
}

const SERVERS_OF_NODES = `
  node_address a JOIN real_server r ON r.address = a.address AND a.node_id = ANY ($1::uuid[])
  JOIN virtual_service s ON s.id = r.virtual_service_id`;

const TOUCHED = `SELECT s.id, host(s.address) AS vip, host(a.address) AS host FROM ${SERVERS_OF_NODES}`;

const START_DRAINS = `
  INSERT INTO drain (server_number, virtual_service_id, address, until)
  SELECT r.number, s.id, e.address, now() + make_interval(secs => s.drain_seconds) FROM ${SERVERS_OF_NODES}
  JOIN document d ON d.scope = '${DIRECTORS_SCOPE}' AND d.key = s.id::text
  CROSS JOIN LATERAL jsonb_to_recordset(d.body->'servers') AS e (number integer, address inet)
  WHERE e.number = r.number AND s.enabled AND r.enabled AND s.drain_seconds > 0
  ON CONFLICT (server_number) DO UPDATE SET until = excluded.until`;

/** Those of servers that an operator took away go on. */
const END_DRAINS = `
  DELETE FROM drain WHERE server_number IN (
    SELECT r.number FROM ${SERVERS_OF_NODES} WHERE s.enabled AND r.enabled AND r.managed)`;

/** @returns what there is to publish. */
export async function turnHosts(
  manager: EntityManager,
  { revision }: CommitOrder,
  turns: readonly Turn[],
): Promise<Pick<Touched, 'serviceIds' | 'vips'>> {
  if (turns.length === 0) return { serviceIds: [], vips: [] };
  const [rows] = await Promise.all([
    manager.query<{ id: string; vip: string; host: string }[]>(TOUCHED, [turns.map(({ nodeId }) => nodeId)]),
    manager.query(START_DRAINS, [nodesOf(turns, true)]),
    manager.query(END_DRAINS, [nodesOf(turns, false)]),
  ]);
  const vips = rows.map(({ vip, host }) => ({ vip, host, revision }));
  await approveReleases(manager, vips);
  return { serviceIds: [...new Set(rows.map(({ id }) => id))], vips };
}

function nodesOf(turns: readonly Turn[], leaving: boolean): string[] {
  return turns.filter((turn) => turn.leaving === leaving).map(({ nodeId }) => nodeId);
}
