/** Reads which virtual services a revision has changed, and whether a later one has changed them since: one statement for all. */
import type { EntityManager } from 'typeorm';
import { noSuchRevision } from '../revisions/kept-history.js';

export interface ServiceOfRevision {
  readonly id: string;
  /** Null: it is gone. */
  readonly name: string | null;
  /** The newest revision that has changed it since; null: none. */
  readonly overtakenBy: number | null;
}

export interface ChangedServices {
  readonly createdAt: Date;
  readonly services: readonly ServiceOfRevision[];
}

interface Row {
  readonly createdAt: Date;
  /** Null: it has changed none. */
  readonly id: string | null;
  readonly name: string | null;
  readonly newest: number | null;
}

/** A service counts the changes of its real servers as its own; of one that is gone, only the history knows the last. */
const SQL = `
  SELECT v.created_at AS "createdAt", c.id, s.name,
    coalesce(s.revision, CASE WHEN c.id IS NOT NULL THEN
      (SELECT max(e.revision) FROM audit_entry e WHERE e.object_id = c.id) END)::float8 AS newest
  FROM revision v
  LEFT JOIN LATERAL (
    SELECT DISTINCT CASE WHEN e.object_type = 'virtual-service' THEN e.object_id
      ELSE (coalesce(e.after, e.before) ->> 'virtualServiceId')::uuid END AS id
    FROM audit_entry e WHERE e.revision = v.number AND e.object_type <> 'node') c ON true
  LEFT JOIN virtual_service s ON s.id = c.id
  WHERE v.number = $1 ORDER BY s.number, c.id`;

/** Throws 404 where there is no such revision. */
export async function servicesOfRevision(manager: EntityManager, revision: number): Promise<ChangedServices> {
  const rows = await manager.query<Row[]>(SQL, [revision]);
  const [first] = rows;
  if (first === undefined) throw noSuchRevision(`There is no revision ${revision}.`);
  const services = rows.flatMap(({ id, name, newest }) =>
    id === null ? [] : [{ id, name, overtakenBy: newest !== null && newest > revision ? newest : null }],
  );
  return { createdAt: first.createdAt, services };
}
