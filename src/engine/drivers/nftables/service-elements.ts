/**
 * All elements that one document stands for. Pure: the same document on the same ground gives the same elements, so
 * what a document put in the kernel can be told again at any time and need not be kept.
 */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { ServerEntry, ServiceDocument } from '../../../contract/documents.js';
import type { Ground } from '../../ground.js';
import { slotTable } from '../../plan/slot-table.js';
import { spreadChain, type Element, type Family } from './layout.js';

/** The servers that packets can get to from here. */
function reachableServers(body: ServiceDocument, { segments }: Ground): readonly ServerEntry[] {
  return body.servers.filter(({ address }) => segments.deviceFor(address) !== undefined);
}

export function serviceElements(body: ServiceDocument, ground: Ground): readonly Element[] {
  const family: Family = isIPv6(body.address) ? 6 : 4;
  const servers = reachableServers(body, ground);
  // Without any server the packet is left to the host, which holds the VIP and refuses the connection at once.
  if (servers.length === 0) return [];
  return [
    serviceElement(body, family),
    ...slotElements(body, servers, ground.seed, family),
    ...servers.map(({ number, address }) =>
      element(`backends${family}.${ground.segments.deviceFor(address) ?? ''}`, `${number}`, address),
    ),
    ...servers.filter(({ weight }) => weight === 0).map(({ number }) => element('drained', `${number}`)),
  ];
}

function serviceElement(
  { address, protocol, port, endPort, number }: ServiceDocument,
  family: Family,
): Element {
  return endPort > port
    ? element(`ranges${family}`, `${address} . ${protocol} . ${port}-${endPort}`, `${number}`)
    : element(`services${family}`, `${address} . ${protocol} . ${port}`, `${number}`);
}

/** None when no server takes new flows: established ones are forwarded, first packets are left to the host. */
function slotElements(
  { number, scheduler, slots }: ServiceDocument,
  servers: readonly ServerEntry[],
  seed: number,
  family: Family,
): readonly Element[] {
  const table = slotTable(servers, slots, seed);
  if (table.length === 0) return [];
  return [
    element(`classes${family}`, `${number}`, `jump ${spreadChain(scheduler, family, slots)}`),
    element('digests', `${number}`, `${digestOf(table)}`),
    ...table.map((server, slot) => element('slots', `${number} . ${slot}`, `${server}`)),
  ];
}

/** 32 bits, which is what a map can carry: it tells an old table from a new one, and is no signature. */
function digestOf(table: readonly number[]): number {
  return createHash('sha256').update(table.join()).digest().readUInt32BE(0);
}

function element(map: Element['map'], key: string, value = ''): Element {
  return { map, key, value };
}
