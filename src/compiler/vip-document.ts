/**
 * What an agent shall do about one VIP: hold it for these services, or not hold it.
 * A VIP that services share stays until the last of them has left. Same input in any order, same document.
 */
import type { HttpQuestion, VipDocument, VipService } from '../contract/documents.js';
import type { Address } from '../domain/address.js';
import { portsOf, type VirtualService } from '../domain/virtual-service.js';

/** As much of a service as its host must know to hold the VIP for it and to see that it answers there. */
export type HostedService = Pick<VirtualService, 'protocol' | 'port' | 'endPort' | 'healthCheck'>;

/**
 * Null: no service needs the VIP on this host, it shall go. A service may be named more than once, by several real
 * servers on one host.
 */
export function vipDocument(vip: Address, services: readonly HostedService[]): VipDocument | null {
  if (services.length === 0) return null;
  const distinct = new Map(services.map((service) => [portsKey(service), vipService(service)]));
  return { kind: 'vip', address: vip, services: [...distinct.values()].sort(byProtocolThenPort) };
}

function portsKey(service: HostedService): string {
  const { first, last } = portsOf(service);
  return `${service.protocol} ${first} ${last}`;
}

function vipService(service: HostedService): VipService {
  const { first: port, last: endPort } = portsOf(service);
  const http = httpQuestion(service);
  return { protocol: service.protocol, port, endPort, ...(http === undefined ? {} : { http }) };
}

/** Where the health check asks for a page, the host asks for the same one; everything else it asks by itself. */
function httpQuestion({ protocol, healthCheck }: HostedService): HttpQuestion | undefined {
  if (protocol !== 'tcp' || (healthCheck.type !== 'http' && healthCheck.type !== 'https')) return undefined;
  const { type: scheme, path, host, expectedStatus } = healthCheck;
  return { scheme, path, host, expectedStatus };
}

function byProtocolThenPort(a: VipService, b: VipService): number {
  if (a.protocol !== b.protocol) return a.protocol < b.protocol ? -1 : 1;
  return a.port - b.port || a.endPort - b.endPort;
}
