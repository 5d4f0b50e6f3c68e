/** What the directors that are connected have in force, held against each other. Those that do not tell are left out. */
import type { EntityManager } from 'typeorm';
import { tablesAgree, type ReportedTable } from '../../domain/tables-agree.js';
import type { NodeRow } from '../store/rows/node.row.js';
import { isConnected } from './is-connected.js';

type Tables = ReadonlyMap<string, ReportedTable>;

interface TableRow {
  readonly id: string;
  readonly director: string;
  readonly epoch: number;
  readonly version: string;
  readonly digest: string;
  readonly lastSeenAt: Date;
}

/** By the directors' ids; nothing is read where none of the nodes is one. */
export async function readTables(manager: EntityManager, nodes: readonly NodeRow[]): Promise<Tables> {
  if (!nodes.some(({ role }) => role === 'director')) return new Map();
  const rows: TableRow[] = await manager.query(
    `SELECT n.id, n.name AS director, s.epoch, s.version, s.engine->>'tableDigest' AS digest, s.last_seen_at AS "lastSeenAt"
     FROM node n JOIN node_status s ON s.node_id = n.id
     WHERE n.role = 'director' AND s.epoch IS NOT NULL AND s.version IS NOT NULL AND s.engine ? 'tableDigest'`,
  );
  return new Map(
    rows
      .filter(({ lastSeenAt }) => isConnected(lastSeenAt))
      .map(({ id, version, ...rest }) => [id, { ...rest, version: Number(version) }]),
  );
}

export function compareTables(id: string, tables: Tables): ReturnType<typeof tablesAgree> {
  const own = tables.get(id);
  if (own === undefined) return null;
  const others = [...tables].flatMap(([other, table]) => (other === id ? [] : [table]));
  return tablesAgree(own, others);
}
