/**
 * What the directors shall forward for one virtual service: the operator's intent, less every server that has not
 * proved that it holds the VIP, plus those that still drain; and which servers without an agent to ask about.
 * It must never name a server that is neither admitted nor draining. Same input in any order, same document.
 */
import type { ServerEntry, ServiceDocument } from '../contract/documents.js';
import { familyOf } from '../domain/address.js';
import { isWanted } from '../domain/admission.js';
import { portsOf, type VirtualService } from '../domain/virtual-service.js';
import { healthQuestion } from './health-question.js';
import { silenceProbes } from './silence-probes.js';
import { slotCount } from './slot-count.js';

/** A server that takes no new flows while its established ones end; it may be gone from the service already. */
export interface Drain {
  readonly number: number;
  readonly address: string;
}

/**
 * Null: no director shall know the service, because it is disabled, or has no server that may get packets or is to be
 * asked about.
 * `admitted` holds the numbers of servers that proved themselves (see admission.ts).
 */
export function serviceDocument(
  service: VirtualService,
  admitted: ReadonlySet<number>,
  drains: readonly Drain[],
): ServiceDocument | null {
  const servers = [...entries(service, admitted, drains).values()].sort((a, b) => a.number - b.number);
  const probes = silenceProbes(service);
  if (!service.enabled || servers.length + probes.length === 0) return null;
  const { number, address, protocol, scheduler } = service;
  const { first: port, last: endPort } = portsOf(service);
  const slots = slotCount(service.realServers);
  const document = { kind: 'service', number, address, protocol, port, endPort, scheduler } as const;
  return {
    ...document,
    ...documentPersistence(service),
    ...(!service.flowAffinity && { flowAffinity: false as const }),
    slots,
    servers,
    ...(probes.length > 0 && { silenceProbes: probes }),
    ...(servers.length > 0 && { ...healthParts(service), ...backupParts(service, servers) }),
  };
}

function entries(
  service: VirtualService,
  admitted: ReadonlySet<number>,
  drains: readonly Drain[],
): Map<number, ServerEntry> {
  const byNumber = new Map<number, ServerEntry>();
  for (const { number, address } of drains) {
    // A drain outlives a change of the VIP to the other family, its flows do not.
    if (familyOf(address) === familyOf(service.address)) byNumber.set(number, { number, address, weight: 0 });
  }
  for (const server of service.realServers) {
    const { number, address, weight, backup } = server;
    if (!isWanted(service, server) || !admitted.has(number)) continue;
    byNumber.set(number, { number, address, weight, ...(backup && { backup }) });
  }
  return byNumber;
}

function healthParts(service: VirtualService): Pick<ServiceDocument, 'healthCheck' | 'slowStartMs'> {
  const healthCheck = healthQuestion(service);
  if (healthCheck === null) return {};
  const slowStartMs = service.slowStartSeconds * 1_000;
  return { healthCheck, ...(slowStartMs > 0 && { slowStartMs }) };
}

/** Where nobody is a backup, or none is needed before nobody is left, there is nothing to say. */
function backupParts(
  { minHealthy }: VirtualService,
  servers: readonly ServerEntry[],
): Pick<ServiceDocument, 'minHealthy'> {
  return minHealthy > 1 && servers.some(({ backup }) => backup === true) ? { minHealthy } : {};
}

function documentPersistence({ persistence }: VirtualService): Pick<ServiceDocument, 'persistence'> {
  if (persistence === null) return {};
  const { timeoutSeconds, prefixLength } = persistence;
  return { persistence: { timeoutSeconds, prefixLength } };
}
