/**
 * Keys and values of elements as the kernel has them, in hexadecimal: each field begins at a multiple of four bytes.
 * Addresses and ports are in network order; marks, priorities and numbers in that of x86 and ARM. Pure.
 */
import ipaddr from 'ipaddr.js';
import type { DocumentPersistence, ServiceDocument } from '../../../contract/documents.js';
import { jhashMod } from '../../plan/jhash.js';
import { HASHED_KEYS, type Family } from './layout.js';

const PROTOCOLS = { tcp: 6, udp: 17 } as const;

/** An address and a port, as a packet comes from there. */
export interface Client {
  readonly source: string;
  readonly sourcePort: number;
}

/** What stands in the key of a flow behind the service: for IPv6 a hash, for IPv4 the address and each octet of the port. */
export function clientKey({ source, sourcePort }: Client, family: Family, seed: number): string {
  if (family === 6) return numberKey(jhashMod(hashedBytes({ source, sourcePort }, true), HASHED_KEYS, seed));
  return `${addressKey(source)}${octet(sourcePort >> 8)}${octet(sourcePort & 0xff)}`;
}

/** The client of an IPv4 key; nobody can tell it from a hash. */
export function clientOf(key: string): Client {
  const bytes = Buffer.from(key, 'hex');
  return { source: [...bytes.subarray(0, 4)].join('.'), sourcePort: (bytes[4] ?? 0) * 256 + (bytes[8] ?? 0) };
}

/** The slot that a client's first packet comes to; null where servers take turns. */
export function slotOf(client: Client, body: ServiceDocument, seed: number): number | null {
  const { scheduler, slots, persistence } = body;
  if (scheduler === 'round-robin') return null;
  if (persistence !== undefined) return jhashMod(maskedSource(client, persistence), slots, seed);
  return jhashMod(hashedBytes(client, scheduler === 'maglev'), slots, seed);
}

/** What stands behind the service in the key of a source. */
export function sourceKey(client: Client, persistence: DocumentPersistence, seed: number): string {
  return numberKey(jhashMod(maskedSource(client, persistence), HASHED_KEYS, seed));
}

function maskedSource({ source }: Client, { prefixLength }: DocumentPersistence): Uint8Array {
  return Buffer.from(addressKey(source), 'hex').map((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - index * 8));
    return byte & (0xff << (8 - bits));
  });
}

/** The key under which the service is found by the packets that come for it; of a range, by those for its first port. */
export function serviceKey({ address, protocol, port }: ServiceDocument): string {
  return `${addressKey(address)}${octet(PROTOCOLS[protocol])}${portField(port)}`;
}

/** A mark, a priority, or a number. */
export function numberKey(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString('hex');
}

export function numberOf(key: string): number {
  return Buffer.from(key.padEnd(8, '0'), 'hex').readUInt32LE();
}

export function addressKey(address: string): string {
  return Buffer.from(ipaddr.parse(address).toByteArray()).toString('hex');
}

function hashedBytes({ source, sourcePort }: Client, withPort: boolean): Uint8Array {
  return Buffer.from(`${addressKey(source)}${withPort ? portField(sourcePort) : ''}`, 'hex');
}

function octet(value: number): string {
  return `${value.toString(16).padStart(2, '0')}000000`;
}

function portField(port: number): string {
  return `${port.toString(16).padStart(4, '0')}0000`;
}
