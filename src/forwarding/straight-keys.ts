/**
 * Where the slots of the short way lie (straight-rules.ts): the keys of a service's elements in `straight4` or
 * `straight6`, told from what stands in `services4` or `services6` for it. So they can be named without being listed.
 */
import type { Protocol } from '../contract/documents.js';
import type { Family } from './layout.js';
import { firstSlot, type StraightWay } from './straight-rules.js';

/** As IANA assigned them. */
export const PROTOCOL_NUMBERS: Readonly<Record<Protocol, number>> = { tcp: 6, udp: 17 };

/** In the order of the slots. @param service its key: VIP . protocol . port */
export function straightKeys(service: string, family: Family, way: StraightWay): readonly string[] {
  const place = family === 4 ? inNumbers(service) : service;
  return Array.from({ length: way.slots }, (_, slot) => `${place} . ${firstSlot(way) + slot}`);
}

/** The key of the service that an element of the short way belongs to. */
export function serviceOfStraight(key: string): string {
  const [address, protocol, port] = key.split(' . ');
  const name = Object.entries(PROTOCOL_NUMBERS).find(([, number]) => protocol === `${number}`)?.[0];
  return [address, name ?? protocol, port].join(' . ');
}

function inNumbers(service: string): string {
  const [address, protocol, port] = service.split(' . ');
  return [address, protocol === 'udp' ? PROTOCOL_NUMBERS.udp : PROTOCOL_NUMBERS.tcp, port].join(' . ');
}
