import type { EntityManager } from 'typeorm';
import type { Capabilities } from '../../contract/capabilities.js';

/** What each director that has reported can enforce; one that is away still counts, for it forwards what it holds. */
export const CONNECTED_CAPABILITIES = `
  SELECT s.capabilities FROM node n JOIN node_status s ON s.node_id = n.id
  WHERE n.role = 'director' AND s.capabilities IS NOT NULL`;

export async function connectedCapabilities(manager: EntityManager): Promise<Capabilities[]> {
  const rows: { capabilities: Capabilities }[] = await manager.query(CONNECTED_CAPABILITIES);
  return rows.map(({ capabilities }) => capabilities);
}
