/**
 * What virtual services were at a revision, told for those alone that were changed since: of each object the state before
 * the first change after it. So the cost is that of the changes since, however long the history before is.
 */
import type { EntityManager } from 'typeorm';

/** An object as the history keeps it; null: it did not exist. */
export type PastIntent = object | null;

/** What was changed of one virtual service. */
export interface TouchedService {
  readonly id: string;
  /** Undefined: the service itself was not changed. */
  intent: PastIntent | undefined;
  /** Of those of its real servers that were changed, by their ids. */
  readonly servers: Map<string, PastIntent>;
}

interface Row {
  readonly type: 'virtual-service' | 'real-server';
  readonly id: string;
  readonly serviceId: string;
  readonly before: PastIntent;
}

// The places first, and what stands there of the few that are wanted: entries are large, and most are of the middle.
const SQL = `
  WITH changed AS MATERIALIZED (
    SELECT object_id, revision, position FROM audit_entry
    WHERE revision > $1 AND object_type <> 'node' AND ($2::uuid IS NULL OR object_id = $2
      OR (object_type = 'real-server' AND coalesce(after, before)->>'virtualServiceId' = $2::text))),
  firsts AS (SELECT DISTINCT ON (object_id) revision, position FROM changed ORDER BY object_id, revision, position)
  SELECT e.object_type AS type, e.object_id AS id, e.before,
    CASE e.object_type WHEN 'virtual-service' THEN e.object_id::text
      ELSE coalesce(e.after, e.before)->>'virtualServiceId' END AS "serviceId"
  FROM firsts f JOIN audit_entry e ON e.revision = f.revision AND e.position = f.position`;

/** @param serviceId of the one that is asked for; null: all. */
export async function touchedSince(
  manager: EntityManager,
  revision: number,
  serviceId: string | null,
): Promise<ReadonlyMap<string, TouchedService>> {
  const rows = await manager.query<Row[]>(SQL, [revision, serviceId]);
  const touched = new Map<string, TouchedService>();
  for (const row of rows) {
    const service = touched.get(row.serviceId) ?? {
      id: row.serviceId,
      intent: undefined,
      servers: new Map(),
    };
    touched.set(row.serviceId, service);
    if (row.type === 'virtual-service') service.intent = row.before;
    else service.servers.set(row.id, row.before);
  }
  return touched;
}
