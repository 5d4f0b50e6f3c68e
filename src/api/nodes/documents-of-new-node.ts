/** The documents that a node would get which nobody has made known yet: for an agent, the VIPs that its hosts are to hold. */
import type { EntityManager } from 'typeorm';
import { vipDocument } from '../../compiler/vip-document.js';
import { knownAddress } from '../../domain/address.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import type { PlannedDocument } from '../changes/planned-objects.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import type { NodeRow } from '../store/rows/node.row.js';

/** As compile-vips.ts has it: enabled services with an enabled Direct return server there. */
const WANTING = `
  SELECT DISTINCT s.id FROM real_server r JOIN virtual_service s ON s.id = r.virtual_service_id
  WHERE r.address = ANY ($1::inet[]) AND r.enabled AND r.forwarding_method = 'direct-return' AND s.enabled`;

export async function documentsOfNewNode(
  manager: EntityManager,
  { id: scope, role }: Pick<NodeRow, 'id' | 'role'>,
  addresses: readonly string[],
): Promise<PlannedDocument[]> {
  if (role === 'director') return [];
  const rows: { readonly id: string }[] = await manager.query(WANTING, [addresses]);
  const services = await loadVirtualServices(
    manager,
    rows.map(({ id }) => id),
  );
  const byVip = new Map<string, VirtualService[]>();
  for (const service of services)
    byVip.set(service.address, [...(byVip.get(service.address) ?? []), service]);
  return [...byVip].map(([key, hosted]) => {
    const after = vipDocument(knownAddress(key), hosted);
    return { scope, key, before: null, after };
  });
}
