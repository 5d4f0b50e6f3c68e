/**
 * What an agent shall do about one VIP: hold it for these services, or not hold it.
 * A VIP that services share stays until the last of them has left. Same input in any order, same document.
 */
import type { VipDocument, VipService } from '../contract/documents.js';
import type { Address } from '../domain/address.js';
import { serviceQuestion, type HostedService } from '../domain/service-question.js';
import { portsOf } from '../domain/virtual-service.js';

/**
 * Null: no service needs the VIP on this host, it shall go. A service may be named more than once, by several real
 * servers on one host.
 */
export function vipDocument(vip: Address, services: readonly HostedService[]): VipDocument | null {
  if (services.length === 0) return null;
  const distinct = new Map<string, VipService>(
    services.map((service) => [portsKey(service), serviceQuestion(service)]),
  );
  return { kind: 'vip', address: vip, services: [...distinct.values()].sort(byProtocolThenPort) };
}

function portsKey(service: HostedService): string {
  const { first, last } = portsOf(service);
  return `${service.protocol} ${first} ${last}`;
}

function byProtocolThenPort(a: VipService, b: VipService): number {
  if (a.protocol !== b.protocol) return a.protocol < b.protocol ? -1 : 1;
  return a.port - b.port || a.endPort - b.endPort;
}
