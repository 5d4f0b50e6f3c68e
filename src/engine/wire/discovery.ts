/**
 * Neighbour discovery of IPv6 (RFC 4861) and its detection of duplicates (RFC 4862), as whole frames. Pure.
 */
import {
  addressBytes,
  addressText,
  IPV6_BYTES,
  isOneMachine,
  MAC_BYTES,
  macBytes,
  macText,
} from './addresses.js';
import type { Announcing, Question } from './arp.js';
import { ETHERNET_HEADER, ethernetFrame } from './ethernet.js';
import type { Heard } from './heard.js';

const ETHERTYPE = 0x86dd;
const IPV6_HEADER = 40;
const ICMPV6 = 58;
/** RFC 4861, 7.1: another one was sent on by a router. */
const HOP_LIMIT = 255;
const SOLICITATION = 135;
const ADVERTISEMENT = 136;
/** Of both, before the options: type, code, checksum, flags, target. */
const MESSAGE_BYTES = 24;
const SOURCE_LINK_LAYER = 1;
const TARGET_LINK_LAYER = 2;
/** For experiments (RFC 4727, 5.1.3); whoever does not know an option must pass over it (RFC 4861, 4.6). */
const OUR_MARK = 253;
/** The lengths of options are counted in these. */
const UNIT = 8;
/** Those who know the address shall take the new owner (RFC 4861, 4.4). */
const OVERRIDE = 0x20;
const ALL_NODES = addressBytes('ff02::1');
const NOBODY = Buffer.alloc(IPV6_BYTES);
const SOLICITED_NODE = addressBytes('ff02::1:ff00:0');

/** In nobody's name it is the question of RFC 4862, 5.4.2, and without a link-layer option, as RFC 4861, 4.3, has it. */
export function solicitation({ mac, address, from, to }: Question, mark?: Buffer): Buffer {
  const target = addressBytes(address);
  const source = from === undefined ? NOBODY : addressBytes(from);
  const group = Buffer.concat([SOLICITED_NODE.subarray(0, 13), target.subarray(13)]);
  const options = from === undefined ? [] : [linkLayer(SOURCE_LINK_LAYER, mac)];
  return frameOf({
    to: to === undefined ? multicastMac(group) : macBytes(to),
    from: macBytes(mac),
    source,
    destination: to === undefined ? group : target,
    message: messageOf(SOLICITATION, 0, target, [...options, ...markOption(mark)]),
  });
}

/** Unsolicited, to all (RFC 4861, 7.2.6), in the name of the address itself; one machine alone can be sent what is for all (RFC 6085). */
export function unsolicitedAdvertisement({ mac, address, to }: Announcing, mark?: Buffer): Buffer {
  const target = addressBytes(address);
  return frameOf({
    to: to === undefined ? multicastMac(ALL_NODES) : macBytes(to),
    from: macBytes(mac),
    source: target,
    destination: ALL_NODES,
    message: messageOf(ADVERTISEMENT, OVERRIDE, target, [
      linkLayer(TARGET_LINK_LAYER, mac),
      ...markOption(mark),
    ]),
  });
}

/** @param frame of this ethertype, as it came. */
export function heardInDiscovery(frame: Buffer): Heard | undefined {
  const header = frame.subarray(ETHERNET_HEADER, ETHERNET_HEADER + IPV6_HEADER);
  if (header.length < IPV6_HEADER || header[6] !== ICMPV6 || header[7] !== HOP_LIMIT) return undefined;
  const begin = ETHERNET_HEADER + IPV6_HEADER;
  const message = frame.subarray(begin, begin + header.readUInt16BE(4));
  const [source, destination] = [header.subarray(8, 24), header.subarray(24, 40)];
  if (message.length < MESSAGE_BYTES || message[1] !== 0) return undefined;
  if (checksum(source, destination, message) !== 0) return undefined;
  const options = optionsOf(message.subarray(MESSAGE_BYTES));
  if (options === undefined) return undefined;
  return meaningOf({ frame, message, source, options });
}

type Options = ReadonlyMap<number, Buffer>;

interface Parts {
  readonly frame: Buffer;
  readonly message: Buffer;
  readonly source: Buffer;
  readonly options: Options;
}

function meaningOf({ frame, message, source, options }: Parts): Heard | undefined {
  const target = message.subarray(8, MESSAGE_BYTES);
  const solicits = message[0] === SOLICITATION;
  if (!solicits && message[0] !== ADVERTISEMENT) return undefined;
  const probes = solicits && source.equals(NOBODY);
  const about = solicits && !probes ? source : target;
  const said = options.get(solicits ? SOURCE_LINK_LAYER : TARGET_LINK_LAYER)?.subarray(0, MAC_BYTES);
  const mac = said ?? frame.subarray(MAC_BYTES, 2 * MAC_BYTES);
  if (!isOneMachine(mac) || about[0] === 0xff) return undefined;
  const padding = options.get(OUR_MARK) ?? Buffer.alloc(0);
  return { means: probes ? 'probes' : 'owns', address: addressText(about), mac: macText(mac), padding };
}

/** By their types, without type and length. Undefined: one has no length, so that the message is to be dropped. */
function optionsOf(bytes: Buffer): Options | undefined {
  const options = new Map<number, Buffer>();
  for (let at = 0; at + 2 <= bytes.length;) {
    const [type = 0, units = 0] = bytes.subarray(at, at + 2);
    if (units === 0) return undefined;
    const end = at + units * UNIT;
    if (end > bytes.length) return undefined;
    if (!options.has(type)) options.set(type, bytes.subarray(at + 2, end));
    at = end;
  }
  return options;
}

function linkLayer(type: number, mac: string): Buffer {
  return Buffer.concat([Buffer.from([type, 1]), macBytes(mac)]);
}

function markOption(mark: Buffer | undefined): readonly Buffer[] {
  if (mark === undefined) return [];
  const units = Math.ceil((2 + mark.length) / UNIT);
  return [
    Buffer.concat([Buffer.from([OUR_MARK, units]), mark, Buffer.alloc(units * UNIT - 2 - mark.length)]),
  ];
}

/** The checksum is filled in later. */
function messageOf(type: number, flags: number, target: Buffer, options: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([type, 0, 0, 0, flags, 0, 0, 0]), target, ...options]);
}

interface Sent {
  readonly to: Buffer;
  readonly from: Buffer;
  readonly source: Buffer;
  readonly destination: Buffer;
  readonly message: Buffer;
}

function frameOf({ to, from, source, destination, message }: Sent): Buffer {
  message.writeUInt16BE(checksum(source, destination, message), 2);
  const header = Buffer.from([0x60, 0, 0, 0, 0, 0, ICMPV6, HOP_LIMIT]);
  header.writeUInt16BE(message.length, 4);
  const payload = Buffer.concat([header, source, destination, message]);
  return ethernetFrame({ to, from, ethertype: ETHERTYPE, payload });
}

/** RFC 2464, 7. */
function multicastMac(group: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x33, 0x33]), group.subarray(12)]);
}

/** Of RFC 4443, 2.3. Over a message that holds its own it is 0. */
function checksum(source: Buffer, destination: Buffer, message: Buffer): number {
  let sum = message.length + ICMPV6;
  for (const part of [source, destination, message]) {
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) + (part[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
