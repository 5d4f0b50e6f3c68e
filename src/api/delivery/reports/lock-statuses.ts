/** Locks the last that nodes said of themselves: two reports of one node are taken one after the other, whichever processes they came to. */
import type { EntityManager } from 'typeorm';
import type { NodeIdentity } from '../../http/request-context.js';
import { unauthenticated } from '../../http/unauthenticated.js';
import type { NodeStatusRow } from '../../store/rows/node-status.row.js';

export type StatusBefore = Pick<
  NodeStatusRow,
  'nodeId' | 'sequence' | 'epoch' | 'version' | 'conditions' | 'leaving'
>;

/** A report may have waited in a queue while its node was forgotten, or joined again on another host. */
const STILL_KNOWN = `
  SELECT n.id FROM node n JOIN unnest($1::uuid[], $2::text[]) AS w (id, hash)
    ON n.id = w.id AND n.credential_hash = decode(w.hash, 'hex')
  ORDER BY n.id FOR SHARE OF n`;

const BEGIN = `
  INSERT INTO node_status (node_id, last_seen_at)
  SELECT n.id, now() FROM node n WHERE n.id = ANY ($1) ORDER BY n.id ON CONFLICT DO NOTHING`;

const LOCK = `
  SELECT node_id AS "nodeId", sequence::float8 AS sequence, epoch, version::float8 AS version, conditions, leaving
  FROM node_status WHERE node_id = ANY ($1) ORDER BY node_id FOR UPDATE`;

/** In the order of the nodes; throws when one of them is not known any more. */
export async function lockStatuses(
  manager: EntityManager,
  nodes: readonly NodeIdentity[],
): Promise<StatusBefore[]> {
  const ids = nodes.map(({ id }) => id);
  const hashes = nodes.map(({ credentialHash }) => credentialHash);
  const [known, , statuses] = await Promise.all([
    manager.query<unknown[]>(STILL_KNOWN, [ids, hashes]),
    manager.query(BEGIN, [ids]),
    manager.query<StatusBefore[]>(LOCK, [ids]),
  ]);
  if (known.length < nodes.length) throw unauthenticated();
  const byNode = new Map(statuses.map((status) => [status.nodeId, status]));
  return ids.map((id) => {
    const status = byNode.get(id);
    if (status === undefined) throw new Error(`the node ${id} has no status`);
    return status;
  });
}
