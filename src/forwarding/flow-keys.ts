/**
 * How a packet's flow is spelled in rules: for a packet that a client sends, and for one that a router quotes in an
 * error about an answer to that client. Both spellings of a flow must come to the same bits.
 *
 * A TCP connection is keyed by client, VIP and both ports, so that it is found before its service is. A conversation of
 * datagrams has no beginning at which the service could be asked for, so its key names the service.
 *
 * nft compares types, and a field of a quoted header has none but `integer`. So IPv4 keys are raw bits throughout: both
 * ports of a connection in one piece, and that of a conversation in two octets, for of 16 raw bits at the place of a port
 * nft makes a typed one. IPv6 keys hold hashes in place of addresses: nft 1.0.6 writes wrong keys above 16 bytes.
 */
import { HASHED_KEYS, type Family } from './layout.js';

/** Where client and VIP lie, as bits for raw expressions and as fields to hash. */
interface Fields {
  readonly client: string;
  readonly vip: string;
  readonly clientPort: string;
  readonly servicePort: string;
  /** The client's port and then the service's. */
  readonly ports: string;
  /** Octets of the client's port. */
  readonly octets: string;
}

/** Of a packet from the client. */
const SENT: Readonly<Record<Family, Fields>> = {
  4: {
    client: '@nh,96,32',
    vip: '@nh,128,32',
    clientPort: 'th sport',
    servicePort: 'th dport',
    ports: '@th,0,32',
    octets: '@th,0,8 . @th,8,8',
  },
  6: {
    client: '@nh,64,128',
    vip: '@nh,192,128',
    clientPort: 'th sport',
    servicePort: 'th dport',
    ports: '',
    octets: '',
  },
};

/**
 * Of a packet to the client, quoted behind the 8 octets of an ICMP header: behind 20 octets of IPv4 without options
 * (RFC 791, 3.1), or 40 of IPv6 without extension headers (RFC 8200, 3), come source port and destination port.
 */
const QUOTED: Readonly<Record<Family, Fields>> = {
  4: {
    client: '@th,192,32',
    // The destination of the error; the quoted source, which says the same, is where TURN_PORTS puts the ports.
    vip: '@nh,128,32',
    clientPort: '@th,240,16',
    servicePort: '@th,224,16',
    ports: '@th,160,32',
    octets: '@th,240,8 . @th,248,8',
  },
  6: {
    client: '@th,256,128',
    vip: '@th,128,128',
    clientPort: '@th,400,16',
    servicePort: '@th,384,16',
    ports: '',
    octets: '',
  },
};

/**
 * A quoted IPv4 answer has the service's port first, and nft knows no way to turn the two round. So they are written over the
 * quoted source address, the client's first, as long as the connection is looked up, and then the address again: it is the
 * VIP, and the error's own destination.
 */
export const TURN_PORTS = ['@th,160,16 set @th,240,16', '@th,176,16 set @th,224,16'] as const;
export const PUT_VIP_BACK = '@th,160,32 set @nh,128,32';

/** An error about an answer, which quotes the answer. */
export const IS_ERROR: Readonly<Record<Family, string>> = {
  4: 'meta l4proto icmp',
  6: 'meta l4proto ipv6-icmp',
};

export type Origin = 'sent' | 'quoted';

function fieldsOf(origin: Origin, family: Family): Fields {
  return (origin === 'sent' ? SENT : QUOTED)[family];
}

/** Of a TCP connection. */
export function connectionKey(origin: Origin, family: Family, seed: number): string {
  const { client, vip, ports, clientPort, servicePort } = fieldsOf(origin, family);
  if (family === 4) return `${client} . ${vip} . ${ports}`;
  const hashed = `jhash ${client} . ${vip} . ${clientPort} . ${servicePort} mod ${HASHED_KEYS}`;
  return `${hashed} seed ${seed} . ${hashed} seed ${secondSeed(seed)}`;
}

/** Two hashes are one too long to be met by chance. A seed of 0 would be one that the kernel makes up. */
export function secondSeed(seed: number): number {
  return (seed ^ 0x9e3779b9) >>> 0 || 1;
}

/** The type of a map with such keys. */
export function connectionKeyType(family: Family): string {
  const { client, vip, ports } = SENT[family];
  const hash = `numgen inc mod ${HASHED_KEYS}`;
  return family === 4 ? `${client} . ${vip} . ${ports}` : `${hash} . ${hash}`;
}

/** Of datagrams: the service number, which is in `meta priority`, with client address and port. */
export function conversationKey(origin: Origin, family: Family, seed: number): string {
  const { client, clientPort, octets } = fieldsOf(origin, family);
  return family === 4
    ? `meta priority . ${client} . ${octets}`
    : `meta priority . jhash ${client} . ${clientPort} mod ${HASHED_KEYS} seed ${seed}`;
}

/** The type of a map with such keys. */
export function conversationKeyType(family: Family): string {
  const { client, octets } = SENT[family];
  return family === 4
    ? `meta priority . ${client} . ${octets}`
    : `meta priority . numgen inc mod ${HASHED_KEYS}`;
}

/** The client's address, and its port where asked for, to be hashed. */
export function hashedClient(origin: Origin, family: Family, withPort: boolean): string {
  const { client, clientPort } = fieldsOf(origin, family);
  return withPort ? `${client} . ${clientPort}` : client;
}

/** VIP, protocol and port of the service that sent a packet that is quoted; the VIP is the error's destination. */
export const QUOTED_SERVICE: Readonly<Record<Family, string>> = {
  4: 'ip daddr . @th,136,8 . @th,224,16',
  6: 'ip6 daddr . @th,112,8 . @th,384,16',
};
