/**
 * How a packet's flow is spelled in rules: for a packet that a client sends, and for one that a router quotes in an
 * error about an answer to that client. Both spellings of a flow must come to the same bits.
 *
 * nft compares types, and a field of a quoted header has none but `integer`. So the IPv4 key is raw bits throughout,
 * and the port two octets, for nft makes a typed port of 16 raw bits at the place of one. With IPv6 the key holds a
 * 32-bit hash of address and port in their place: nft 1.0.6 writes wrong keys above 16 bytes.
 */
import { HASHED_KEYS, type Family } from './layout.js';

/** Where client address and client port lie, as bits for raw expressions and as fields to hash. */
interface ClientFields {
  readonly address: string;
  readonly port: string;
  /** The port's octets. */
  readonly octets: string;
}

/** Of a packet from the client. */
const SENT: Readonly<Record<Family, ClientFields>> = {
  4: { address: '@nh,96,32', port: 'th sport', octets: '@th,0,8 . @th,8,8' },
  6: { address: '@nh,64,128', port: 'th sport', octets: '' },
};

/**
 * Of a packet to the client, quoted behind the 8 octets of an ICMP header: behind 20 octets of IPv4 without options
 * (RFC 791, 3.1), or 40 of IPv6 without extension headers (RFC 8200, 3), come source port and destination port.
 */
const QUOTED: Readonly<Record<Family, ClientFields>> = {
  4: { address: '@th,192,32', port: '@th,240,16', octets: '@th,240,8 . @th,248,8' },
  6: { address: '@th,256,128', port: '@th,400,16', octets: '' },
};

/** An error about an answer, which quotes the answer. */
export const IS_ERROR: Readonly<Record<Family, string>> = {
  4: 'meta l4proto icmp',
  6: 'meta l4proto ipv6-icmp',
};

export type Origin = 'sent' | 'quoted';

function fieldsOf(origin: Origin, family: Family): ClientFields {
  return (origin === 'sent' ? SENT : QUOTED)[family];
}

/** The service number, which is in `meta priority`, with client address and port. */
export function flowKey(origin: Origin, family: Family, seed: number): string {
  const { address, port, octets } = fieldsOf(origin, family);
  return family === 4
    ? `meta priority . ${address} . ${octets}`
    : `meta priority . jhash ${address} . ${port} mod ${HASHED_KEYS} seed ${seed}`;
}

/** The type of a map with such keys. */
export function flowKeyType(family: Family): string {
  const { address, octets } = SENT[family];
  return family === 4
    ? `meta priority . ${address} . ${octets}`
    : `meta priority . numgen inc mod ${HASHED_KEYS}`;
}

/** The client's address, and its port where asked for, to be hashed. */
export function hashedClient(origin: Origin, family: Family, withPort: boolean): string {
  const { address, port } = fieldsOf(origin, family);
  return withPort ? `${address} . ${port}` : address;
}

/** VIP, protocol and port of the service that sent a packet that is quoted; the VIP is the error's destination. */
export const QUOTED_SERVICE: Readonly<Record<Family, string>> = {
  4: 'ip daddr . @th,136,8 . @th,224,16',
  6: 'ip6 daddr . @th,112,8 . @th,384,16',
};
