/**
 * All elements that one document stands for. Pure: the same document on the same ground gives the same elements, so
 * what a document put in the kernel can be told again at any time and need not be kept.
 */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { ServerEntry, ServiceDocument } from '../contract/documents.js';
import type { Ground } from './ground.js';
import { slotsOf } from './slots-of.js';
import type { Element, Family } from './layout.js';
import { steeringOf } from './steering.js';
import { PROTOCOL_NUMBERS, straightKeys } from './straight-keys.js';
import { straightWayOf } from './straight-rules.js';

/** The servers that packets can get to from here. */
function reachableServers(body: ServiceDocument, { segments }: Ground): readonly ServerEntry[] {
  return body.servers.filter(({ address }) => segments.deviceFor(address) !== undefined);
}

export function serviceElements(body: ServiceDocument, ground: Ground): readonly Element[] {
  const family: Family = isIPv6(body.address) ? 6 : 4;
  const servers = reachableServers(body, ground);
  // Without any server the packet is left to the host, which answers no TCP and UDP for a VIP.
  if (servers.length === 0) return [];
  return [
    ...addressElements(body, family),
    ...slotElements(body, servers, ground.seed, family),
    ...serverElements(servers, ground, family),
  ];
}

/** Those of them that do not follow from the table of slots, which takes most of the time. */
export function elementsBesideSlots(body: ServiceDocument, ground: Ground): readonly Element[] {
  const family: Family = isIPv6(body.address) ? 6 : 4;
  const servers = reachableServers(body, ground);
  return servers.length === 0
    ? []
    : [...addressElements(body, family), ...serverElements(servers, ground, family)];
}

function serverElements(
  servers: readonly ServerEntry[],
  { segments }: Ground,
  family: Family,
): readonly Element[] {
  return servers.map(({ number, address }) =>
    element(`backends${family}.${segments.deviceFor(address) ?? ''}`, `${number}`, address),
  );
}

/** As a client's packet names the service, and as an ICMP error that quotes an answer does, in numbers. */
function addressElements(
  { address, protocol, port, endPort, number }: ServiceDocument,
  family: Family,
): readonly Element[] {
  const quoted = PROTOCOL_NUMBERS[protocol];
  const value = `${number}`;
  if (endPort === port) {
    return [
      element(`services${family}`, `${address} . ${protocol} . ${port}`, value),
      element(`quoted${family}`, `${address} . ${quoted} . ${port}`, value),
    ];
  }
  return [
    element(`ranges${family}`, `${address} . ${protocol} . ${port}-${endPort}`, value),
    element(`quotedranges${family}`, `${address} . ${quoted} . ${port}-${endPort}`, value),
  ];
}

/** None when no server takes new flows: established ones are forwarded, first packets are left to the host. */
function slotElements(
  body: ServiceDocument,
  servers: readonly ServerEntry[],
  seed: number,
  family: Family,
): readonly Element[] {
  const { number } = body;
  const table = slotsOf(body, servers, seed);
  if (table.length === 0) return [];
  const { first, unknownSource, renewal } = steeringOf(body, family);
  const jump = (map: Element['map'], chain: string | undefined) =>
    chain === undefined ? [] : [element(map, `${number}`, `jump ${chain}`)];
  const takers = servers.filter(({ weight }) => weight > 0);
  const straight = straightElements(body, table, family);
  return [
    ...jump(`classes${family}`, first),
    ...jump('spreads', unknownSource),
    ...jump('renewals', renewal),
    ...takers.map((server) => element('takers', `${number} . ${server.number}`)),
    ...(body.flowAffinity === false ? [element('stateless', `${number}`)] : []),
    ...straight,
    element('digests', `${number}`, `${digestOf(table, straight)}`),
    ...table.map((server, slot) => element('slots', `${number} . ${slot}`, `${server}`)),
  ];
}

/** The same slots once more, spread over one of the sizes that there are. */
function straightElements(
  body: ServiceDocument,
  table: readonly number[],
  family: Family,
): readonly Element[] {
  const way = straightWayOf(body);
  if (way === undefined) return [];
  const service = `${body.address} . ${body.protocol} . ${body.port}`;
  return straightKeys(service, family, way).map((key, slot) => {
    const server = table[Math.floor((slot * table.length) / way.slots)];
    return element(`straight${family}`, key, `${server}`);
  });
}

/**
 * 32 bits, which is what a map can carry: it tells an old table from a new one, and is no signature. It vouches for the
 * short way as well, by the first place in it.
 */
function digestOf(table: readonly number[], straight: readonly Element[]): number {
  const told = [table.join(), ...straight.slice(0, 1).map(({ key }) => key)].join(' ');
  return createHash('sha256').update(told).digest().readUInt32BE(0);
}

function element(map: Element['map'], key: string, value = ''): Element {
  return { map, key, value };
}
