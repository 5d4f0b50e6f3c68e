/**
 * Keys and values of elements as the kernel has them, in hexadecimal: each field begins at a multiple of four bytes.
 * Addresses and ports are in network order; marks, priorities and numbers in that of x86 and ARM. Pure.
 */
import ipaddr from 'ipaddr.js';
import type { DocumentPersistence, ServiceDocument } from '../../../contract/documents.js';
import { jhashMod } from '../../../forwarding/jhash.js';
import { secondSeed } from '../../../forwarding/flow-keys.js';
import { HASHED_KEYS, type Family } from '../../../forwarding/layout.js';

/** An address and a port, as a packet comes from there. */
export interface Client {
  readonly source: string;
  readonly sourcePort: number;
}

/** Where a packet goes to. */
export interface Destination {
  readonly address: string;
  readonly port: number;
}

/** Of a TCP connection: for IPv4 the addresses and ports of both ends, for IPv6 two hashes of them. */
export function connectionKey(client: Client, to: Destination, family: Family, seed: number): string {
  const addresses = `${addressKey(client.source)}${addressKey(to.address)}`;
  if (family === 4) return `${addresses}${portDigits(client.sourcePort)}${portDigits(to.port)}`;
  const key = `${addresses}${portField(client.sourcePort)}${portField(to.port)}`;
  const hashed = (by: number) => numberKey(jhashMod(Buffer.from(key, 'hex'), HASHED_KEYS, by));
  return `${hashed(seed)}${hashed(secondSeed(seed))}`;
}

/** Of datagrams to a service: for IPv4 the client's address and each octet of its port, for IPv6 a hash of both. */
export function conversationKey(client: Client, service: number, family: Family, seed: number): string {
  const { source, sourcePort } = client;
  const from =
    family === 4
      ? `${addressKey(source)}${octet(sourcePort >> 8)}${octet(sourcePort & 0xff)}`
      : numberKey(jhashMod(hashedBytes(client, true), HASHED_KEYS, seed));
  return `${numberKey(service)}${from}`;
}

/** The client of an IPv4 connection; nobody can tell it from a hash. */
export function clientOfConnection(key: string): Client {
  const bytes = Buffer.from(key, 'hex');
  return { source: dotted(bytes.subarray(0, 4)), sourcePort: portAt(bytes, 8, 9) };
}

/** The same of an IPv4 conversation. */
export function clientOfConversation(key: string): Client {
  const bytes = Buffer.from(key, 'hex');
  return { source: dotted(bytes.subarray(4, 8)), sourcePort: portAt(bytes, 8, 12) };
}

function dotted(octets: Buffer): string {
  return [...octets].join('.');
}

function portAt(bytes: Buffer, high: number, low: number): number {
  return (bytes[high] ?? 0) * 256 + (bytes[low] ?? 0);
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
  return `${portDigits(port)}0000`;
}

function portDigits(port: number): string {
  return port.toString(16).padStart(4, '0');
}
