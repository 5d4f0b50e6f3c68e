/** What nodes are doing, by what they last said and whether they are still heard. */
import type { EntityManager } from 'typeorm';
import type { NodeStatusRow } from '../store/rows/node-status.row.js';
import type { NodeRow } from '../store/rows/node.row.js';
import { isConnected } from './is-connected.js';
import type { NodeState } from './node-state.js';

/** Of the agents that leave, those whose hosts shall still hold a VIP, because a director may send packets there. */
export async function readHolding(
  manager: EntityManager,
  statuses: readonly Pick<NodeStatusRow, 'nodeId' | 'leaving'>[],
): Promise<ReadonlySet<string>> {
  const leaving = statuses.filter((status) => status.leaving).map(({ nodeId }) => nodeId);
  if (leaving.length === 0) return new Set();
  const rows: { id: string }[] = await manager.query(
    'SELECT DISTINCT scope AS id FROM document WHERE scope = ANY ($1::text[]) AND body IS NOT NULL',
    [leaving],
  );
  return new Set(rows.map(({ id }) => id));
}

export function nodeState(
  node: Pick<NodeRow, 'id' | 'joinedAt'>,
  status: Pick<NodeStatusRow, 'leaving' | 'lastSeenAt'> | null,
  holding: ReadonlySet<string>,
): NodeState {
  if (node.joinedAt === null) return 'waiting-to-join';
  if (status?.leaving === true) return holding.has(node.id) ? 'leaving' : 'left';
  return isConnected(status?.lastSeenAt ?? null) ? 'connected' : 'away';
}
