import type { EntityManager } from 'typeorm';
import { NodeAddressRow } from '../store/rows/node-address.row.js';

/** The addresses that a node is bound to. */
export async function addressesOf(manager: EntityManager, nodeId: string): Promise<string[]> {
  const rows = await manager.find(NodeAddressRow, { where: { nodeId }, order: { address: 'ASC' } });
  return rows.map(({ address }) => address);
}
