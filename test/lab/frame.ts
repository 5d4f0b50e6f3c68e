/**
 * Reads what the lab judges out of an Ethernet frame: addresses, TCP ports, and the questions and answers by which
 * neighbours find each other (ARP, RFC 826; neighbour discovery, RFC 4861). All else is `other`.
 * Pure; a frame that is too short to be read is `other` and never an error.
 */
import ipaddr from 'ipaddr.js';

export type Family = 'ipv4' | 'ipv6';

interface Ethernet {
  /** Lower case, colons. */
  readonly fromMac: string;
  readonly toMac: string;
  /** Bytes on the wire, as its IP header tells: a capture keeps only the first ones. */
  readonly length: number;
}

export interface TcpFrame extends Ethernet {
  readonly kind: 'tcp';
  readonly family: Family;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly opens: boolean;
}

/** One that asks who has an address, or says so. */
export interface NeighbourFrame extends Ethernet {
  readonly kind: 'question' | 'answer';
  readonly family: Family;
  /** The address that is asked for or, in an answer, claimed. */
  readonly target: string;
  /** The address that the sender claims for itself with this frame; an ARP question claims one too. */
  readonly claims: string;
}

/** An IP packet that is neither of these. */
export interface PacketFrame extends Ethernet {
  readonly kind: 'packet';
  readonly family: Family;
  readonly source: string;
  readonly destination: string;
}

export interface OtherFrame extends Ethernet {
  readonly kind: 'other';
}

export type Frame = TcpFrame | NeighbourFrame | PacketFrame | OtherFrame;

const ETHERNET_HEADER = 14;
const IPV6_HEADER = 40;
const TCP = 6;
const ICMPV6 = 58;
const NEIGHBOUR_SOLICITATION = 135;
const NEIGHBOUR_ADVERTISEMENT = 136;
const SYN = 0x02;
const ACK = 0x10;

/** `bytes` are the first bytes of the frame, enough of them to hold all headers. */
export function readFrame(bytes: Buffer): Frame {
  const ethernet = { toMac: mac(bytes, 0), fromMac: mac(bytes, 6), length: bytes.length };
  try {
    return readPayload(bytes.readUInt16BE(12), bytes.subarray(ETHERNET_HEADER), ethernet);
  } catch {
    return { ...ethernet, kind: 'other' };
  }
}

function readPayload(etherType: number, payload: Buffer, ethernet: Ethernet): Frame {
  if (etherType === 0x0806) return readArp(payload, ethernet);
  if (etherType === 0x0800) return readIpv4(payload, ethernet);
  if (etherType === 0x86dd) return readIpv6(payload, ethernet);
  return { ...ethernet, kind: 'other' };
}

function readArp(arp: Buffer, ethernet: Ethernet): Frame {
  const asks = arp.readUInt16BE(6) === 1;
  const sender = address(arp, 14, 4);
  return {
    ...ethernet,
    kind: asks ? 'question' : 'answer',
    family: 'ipv4',
    target: asks ? address(arp, 24, 4) : sender,
    claims: sender,
  };
}

function readIpv4(packet: Buffer, ethernet: Ethernet): Frame {
  const ends = {
    family: 'ipv4',
    source: address(packet, 12, 4),
    destination: address(packet, 16, 4),
    length: ETHERNET_HEADER + packet.readUInt16BE(2),
  } as const;
  const headerLength = (packet.readUInt8(0) & 0x0f) * 4;
  if (packet.readUInt8(9) === TCP) return readTcp(packet.subarray(headerLength), { ...ethernet, ...ends });
  return { ...ethernet, ...ends, kind: 'packet' };
}

function readIpv6(packet: Buffer, ethernet: Ethernet): Frame {
  const ends = {
    family: 'ipv6',
    source: address(packet, 8, 16),
    destination: address(packet, 24, 16),
    length: ETHERNET_HEADER + IPV6_HEADER + packet.readUInt16BE(4),
  } as const;
  const next = packet.readUInt8(6);
  const payload = packet.subarray(IPV6_HEADER);
  if (next === TCP) return readTcp(payload, { ...ethernet, ...ends });
  const kind = next === ICMPV6 ? neighbourKind(payload.readUInt8(0)) : undefined;
  if (kind === undefined) return { ...ethernet, ...ends, kind: 'packet' };
  const target = address(payload, 8, 16);
  return { ...ethernet, kind, family: 'ipv6', target, claims: kind === 'answer' ? target : ends.source };
}

function neighbourKind(icmpType: number): NeighbourFrame['kind'] | undefined {
  if (icmpType === NEIGHBOUR_SOLICITATION) return 'question';
  return icmpType === NEIGHBOUR_ADVERTISEMENT ? 'answer' : undefined;
}

function readTcp(segment: Buffer, packet: Omit<PacketFrame, 'kind'>): Frame {
  return {
    ...packet,
    kind: 'tcp',
    sourcePort: segment.readUInt16BE(0),
    destinationPort: segment.readUInt16BE(2),
    opens: (segment.readUInt8(13) & (SYN | ACK)) === SYN,
  };
}

function mac(bytes: Buffer, offset: number): string {
  return bytes.toString('hex', offset, offset + 6).replace(/..\B/g, '$&:');
}

/** Canonical text; throws where the frame ends before the address does. */
function address(bytes: Buffer, offset: number, length: 4 | 16): string {
  const parsed = ipaddr.fromByteArray([...bytes.subarray(offset, offset + length)]);
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString();
}
