import type { EntityManager } from 'typeorm';

/**
 * The newest revision that has changed each node, by its id. It is what the history says and nothing beside it, so that no
 * change of a node can forget to raise it; a node has few entries there.
 */
export async function revisionsOfNodes(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await manager.query<{ readonly id: string; readonly revision: number }[]>(
    `SELECT object_id AS id, max(revision)::float8 AS revision FROM audit_entry
     WHERE object_id = ANY ($1::uuid[]) GROUP BY 1`,
    [ids],
  );
  return new Map(rows.map(({ id, revision }) => [id, revision]));
}
