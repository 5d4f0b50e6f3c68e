/** What keeps nodes apart from each other, from VIPs, and from being forgotten while they are needed. */
import { In, type EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import { NodeAddressRow } from '../store/rows/node-address.row.js';
import { NodeRow } from '../store/rows/node.row.js';
import { RealServerRow } from '../store/rows/real-server.row.js';
import { VirtualServiceRow } from '../store/rows/virtual-service.row.js';

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

/** An agent cannot be told to let go of its VIPs once it is forgotten. */
export async function requireUnused(manager: EntityManager, { id, role }: NodeRow): Promise<void> {
  if (role === 'director') return;
  const addresses = await manager.findBy(NodeAddressRow, { nodeId: id });
  const server = await manager.findOneBy(RealServerRow, {
    address: In(addresses.map(({ address }) => address)),
  });
  if (server === null) return;
  throw conflict(
    'node-in-use',
    `${server.address} is a real server of the virtual service ${server.virtualServiceId}.`,
    'Remove the real servers of this node first.',
  );
}

function conflict(code: string, message: string, hint: string): Failed {
  return new Failed(failure('conflict', code, message, hint));
}
