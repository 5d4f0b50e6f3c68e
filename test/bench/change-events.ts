/** By which elements a change is known in the kernel. Keys are in the byte order that nf_tables keeps them in. */
import { endianness } from 'node:os';
import { SERVICE_PORT } from './addresses.js';
import type { ElementEvent } from './element-watch.js';

/** TCP's number, padded to the four bytes that each field of a concatenated key takes. */
const TCP = '06000000';

/** The service takes packets from here on, or takes none any more: address and port come or go. */
export function serviceEvent(verb: ElementEvent['verb'], vip: string): ElementEvent {
  const octets = vip.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  const port = SERVICE_PORT.toString(16).padStart(4, '0');
  return { verb, map: 'services4', key: `${octets.join('')}${TCP}${port}0000` };
}

/** The slots of the service changed; their digest is written in one transaction with them. */
export function slotsEvent(serviceNumber: number): ElementEvent {
  return { verb: 'add', map: 'digests', key: hostOrder(serviceNumber) };
}

export function isEvent(wanted: ElementEvent): (event: ElementEvent) => boolean {
  return ({ verb, map, key }) => verb === wanted.verb && map === wanted.map && key === wanted.key;
}

/** Matches from the last of so many different servers on. */
export function addedServers(count: number): (event: ElementEvent) => boolean {
  const seen = new Set<string>();
  return ({ verb, map, key }) => {
    if (verb === 'add' && map.startsWith('backends4')) seen.add(key);
    return seen.size === count;
  };
}

function hostOrder(number: number): string {
  const bytes = Buffer.alloc(4);
  if (endianness() === 'LE') bytes.writeUInt32LE(number);
  else bytes.writeUInt32BE(number);
  return bytes.toString('hex');
}
