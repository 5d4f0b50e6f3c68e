/** What agents reported of their hosts as a whole: one statement for any number of real servers. */
import type { EntityManager } from 'typeorm';
import type { ReportedHost } from '../../contract/report.js';
import type { ObservedHost } from '../../domain/status.js';
import type { NodeStatusRow } from '../store/rows/node-status.row.js';

interface Row {
  readonly address: string;
  readonly host: ReportedHost;
  readonly conditions: NodeStatusRow['conditions'];
}

const SQL = `
  SELECT host(a.address) AS address, s.host, s.conditions
  FROM node_address a
  JOIN node n ON n.id = a.node_id AND n.role = 'agent'
  JOIN node_status s ON s.node_id = n.id AND s.host IS NOT NULL
  WHERE a.address = ANY ($1::inet[])`;

/** By the address of the real server. */
export async function readHosts(
  manager: EntityManager,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, ObservedHost>> {
  const rows: Row[] = await manager.query(SQL, [[...new Set(addresses)]]);
  return new Map(rows.map((row) => [row.address, toHost(row)]));
}

function toHost({ host, conditions }: Row): ObservedHost {
  return {
    network: host,
    conditions: conditions.map(({ lastTransitionAt, ...said }) => ({
      ...said,
      since: new Date(lastTransitionAt),
    })),
  };
}
