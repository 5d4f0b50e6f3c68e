/** What keeps nodes apart from each other, from VIPs, and from being forgotten while they are needed. */
import { In, type EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import { NodeAddressRow } from '../store/rows/node-address.row.js';
import { NodeStatusRow } from '../store/rows/node-status.row.js';
import { NodeRow } from '../store/rows/node.row.js';
import { RealServerRow } from '../store/rows/real-server.row.js';
import { VirtualServiceRow } from '../store/rows/virtual-service.row.js';
import { isConnected } from './is-connected.js';

export async function requireFreeName(manager: EntityManager, name: string): Promise<void> {
  if (!(await manager.existsBy(NodeRow, { name }))) return;
  throw conflict(
    'node-exists',
    `There is a node named ${name} already.`,
    'Choose another name, or delete that node.',
  );
}

export async function requireFreeAddresses(
  manager: EntityManager,
  addresses: readonly string[],
): Promise<void> {
  const taken = await manager.findOneBy(NodeAddressRow, { address: In([...addresses]) });
  if (taken !== null) {
    throw conflict(
      'node-address-taken',
      `${taken.address} belongs to the node ${taken.nodeId}.`,
      'An address is one node’s; delete that node first if the host has changed.',
    );
  }
  const vip = await manager.findOneBy(VirtualServiceRow, { address: In([...addresses]) });
  if (vip !== null) {
    throw conflict(
      'address-is-a-vip',
      `${vip.address} is the VIP of the virtual service ${vip.id}.`,
      'A node joins with an address of its own, which no virtual service has.',
    );
  }
}

/** Without its agent, a real server gets no packets and cannot be told to let go of its VIPs. */
export async function requireUnused(
  manager: EntityManager,
  addresses: readonly string[],
  { role }: NodeRow,
): Promise<void> {
  if (role === 'director') return;
  const server = await manager.findOneBy(RealServerRow, { address: In([...addresses]) });
  if (server === null) return;
  throw conflict(
    'node-in-use',
    `${server.address} is a real server of the virtual service ${server.virtualServiceId}.`,
    'Remove the real servers of this node first.',
  );
}

/**
 * A host that holds a VIP keeps it when its agent is forgotten, and answers for it as soon as its ARP settings change.
 * A director may also still send it the flows of a drain.
 * @returns the VIPs that are left behind by force.
 */
export async function requireLetGo(
  manager: EntityManager,
  { id, name, role }: NodeRow,
  force: boolean,
): Promise<readonly string[]> {
  if (role === 'director') return [];
  const vips = await vipsNotLetGo(manager, id);
  const [vip] = vips;
  if (vip === undefined) return [];
  const status = await manager.findOneBy(NodeStatusRow, { nodeId: id });
  if (isConnected(status?.lastSeenAt ?? null)) {
    throw conflict(
      'node-in-use',
      `${name} has not let go of ${vip} yet.`,
      'Wait: once drains are over and all directors have confirmed that they send nothing there, the agent lets go ' +
        'by itself. Force is for agents that are away.',
    );
  }
  if (force) return vips;
  throw conflict(
    'node-in-use',
    `${name} is away and has not let go of ${vip}.`,
    'Bring the host back and wait, or, where it is gone for good: DELETE /v1/nodes/{id}?force=true.',
  );
}

/** VIPs that the host shall hold, or has not confirmed to be rid of. One that was never sent a document holds none. */
async function vipsNotLetGo(manager: EntityManager, nodeId: string): Promise<string[]> {
  const rows: { vip: string }[] = await manager.query(
    `SELECT d.key AS vip FROM document d CROSS JOIN cluster c JOIN node_status s ON s.node_id = $1
     WHERE d.scope = s.node_id::text AND (d.body IS NOT NULL OR s.epoch IS DISTINCT FROM c.epoch OR s.version < d.version
       OR EXISTS (SELECT 1 FROM fault f WHERE f.node_id = s.node_id AND f.key = d.key))
     ORDER BY d.key`,
    [nodeId],
  );
  return rows.map(({ vip }) => vip);
}

function conflict(code: string, message: string, hint: string): Failed {
  return new Failed(failure('conflict', code, message, hint));
}
