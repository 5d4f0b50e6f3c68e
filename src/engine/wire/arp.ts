/**
 * ARP frames (RFC 826), and what RFC 5227 makes of them: probes and announcements. Pure.
 */
import {
  addressBytes,
  addressText,
  IPV4_BYTES,
  isOneMachine,
  MAC_BYTES,
  macBytes,
  macText,
} from './addresses.js';
import { ETHERNET_HEADER, ethernetFrame, SHORTEST_FRAME } from './ethernet.js';
import type { Heard } from './heard.js';
import { MARK_BYTES } from './mark.js';

const ETHERTYPE = 0x0806;
/** Ethernet, IPv4, and the lengths of their addresses. */
const KIND = Buffer.from([0, 1, 8, 0, MAC_BYTES, IPV4_BYTES]);
const REQUEST = 1;
const REPLY = 2;
/** Without padding. */
const ARP_BYTES = 28;
const NOBODY = Buffer.alloc(IPV4_BYTES);
const NO_MARK = Buffer.alloc(0);
const EVERYBODY = 'ff:ff:ff:ff:ff:ff';

export interface Question {
  /** Of the interface that asks. */
  readonly mac: string;
  readonly address: string;
  /** In whose name; left out: in nobody's, which leaves every cache alone (RFC 5227, 2.1.1). */
  readonly from?: string | undefined;
  /** Asks this machine alone; left out: everybody. */
  readonly to?: string | undefined;
}

export interface Announcing extends Pick<Question, 'mac' | 'address'> {
  /** Tells this machine alone; left out: everybody. */
  readonly to?: string | undefined;
}

export function arpRequest({ mac, address, from, to }: Question, mark?: Buffer): Buffer {
  const sender = from === undefined ? NOBODY : addressBytes(from);
  return requestOf({ mac, sender, target: addressBytes(address), to }, mark);
}

/** RFC 5227, 2.3: a request whose sender and target are both the address. Who knows the address takes the new owner. */
export function arpAnnouncement({ mac, address, to }: Announcing, mark?: Buffer): Buffer {
  const own = addressBytes(address);
  return requestOf({ mac, sender: own, target: own, to }, mark);
}

/** @param frame of this ethertype, as it came. */
export function heardInArp(frame: Buffer): Heard | undefined {
  const arp = frame.subarray(ETHERNET_HEADER, ETHERNET_HEADER + ARP_BYTES);
  if (arp.length < ARP_BYTES || !arp.subarray(0, KIND.length).equals(KIND)) return undefined;
  const operation = arp.readUInt16BE(6);
  const mac = arp.subarray(8, 14);
  if ((operation !== REQUEST && operation !== REPLY) || !isOneMachine(mac)) return undefined;
  const sender = arp.subarray(14, 18);
  const probes = sender.equals(NOBODY);
  const address = addressText(probes ? arp.subarray(24, 28) : sender);
  const padding = frame.subarray(ETHERNET_HEADER + ARP_BYTES, ETHERNET_HEADER + ARP_BYTES + MARK_BYTES);
  return { means: probes ? 'probes' : 'owns', address, mac: macText(mac), padding };
}

interface Request {
  readonly mac: string;
  readonly sender: Buffer;
  readonly target: Buffer;
  readonly to?: string | undefined;
}

function requestOf({ mac, sender, target, to = EVERYBODY }: Request, mark: Buffer = NO_MARK): Buffer {
  const own = macBytes(mac);
  const payload = Buffer.concat([
    KIND,
    Buffer.from([0, REQUEST]),
    own,
    sender,
    Buffer.alloc(MAC_BYTES),
    target,
    mark,
  ]);
  const frame = ethernetFrame({ to: macBytes(to), from: own, ethertype: ETHERTYPE, payload });
  return Buffer.concat([frame, Buffer.alloc(Math.max(0, SHORTEST_FRAME - frame.length))]);
}
