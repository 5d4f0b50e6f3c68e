/** By which elements a change is known in the kernel. Keys are in the byte order that nf_tables keeps them in. */
import { endianness } from 'node:os';
import { SERVICE_PORT } from './addresses.js';
import type { ElementEvent } from './element-watch.js';

/** TCP's number, padded to the four bytes that each field of a concatenated key takes. */
const TCP = '06000000';

/** The service takes packets: address and port are there. */
export function addedService(vip: string): (event: ElementEvent) => boolean {
  return serviceEvent('add', vip);
}

export function deletedService(vip: string): (event: ElementEvent) => boolean {
  return serviceEvent('delete', vip);
}

/** The slots of the service changed; their digest is written in one transaction with them. */
export function changedSlots(serviceNumber: number): (event: ElementEvent) => boolean {
  const key = hostOrder(serviceNumber);
  return (event) => event.verb === 'add' && event.map === 'digests' && event.key === key;
}

/** Matches from the last of so many different servers on. */
export function addedServers(count: number): (event: ElementEvent) => boolean {
  const seen = new Set<string>();
  return ({ verb, map, key }) => {
    if (verb === 'add' && map.startsWith('backends4')) seen.add(key);
    return seen.size === count;
  };
}

function serviceEvent(verb: ElementEvent['verb'], vip: string): (event: ElementEvent) => boolean {
  const octets = vip.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  const port = SERVICE_PORT.toString(16).padStart(4, '0');
  const key = `${octets.join('')}${TCP}${port}0000`;
  return (event) => event.verb === verb && event.map === 'services4' && event.key === key;
}

function hostOrder(number: number): string {
  const bytes = Buffer.alloc(4);
  if (endianness() === 'LE') bytes.writeUInt32LE(number);
  else bytes.writeUInt32BE(number);
  return bytes.toString('hex');
}
