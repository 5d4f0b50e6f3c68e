/**
 * Decides whether an nft expression matches the packets that a director sends to a service on this host: a new flow,
 * from any client, to the VIP. It must never say `yes` or `no` of what it does not understand. Pure.
 */
import ipaddr from 'ipaddr.js';
import type { Protocol } from '../../../contract/documents.js';
import { isIpv6 } from '../../../contract/canonical-address.js';

export type Answer = 'yes' | 'no' | 'maybe';

export interface IncomingPacket {
  readonly vip: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly endPort: number;
  /** Interfaces that it may come in by. */
  readonly interfaces: readonly string[];
}

/** One value of the right side, or several of them. */
type Test = (value: unknown) => Answer;

interface Match {
  readonly op: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** Members of a match as nft prints it. */
export function matchesPacket({ op, left, right }: Match, packet: IncomingPacket): Answer {
  if (speaksOfAnotherPacket(left, packet)) return 'no';
  const test = testOf(left, packet);
  if (test === undefined) return 'maybe';
  if (op === '==' || op === 'in') return anyOf(right, test);
  if (op === '!=') return not(anyOf(right, test));
  return isPort(left) ? comparePorts(op, right, packet) : 'maybe';
}

/** Whether the packet's value of `key` is `value`; for the elements of a verdict map. */
export function keyMatches(key: unknown, value: unknown, packet: IncomingPacket): Answer {
  return matchesPacket({ op: '==', left: key, right: value }, packet);
}

/** A look at a header that the packet does not have: nft asks for the protocol first, and lists that not always. */
function speaksOfAnotherPacket(left: unknown, { vip, protocol }: IncomingPacket): boolean {
  const asked = member(member(left, 'payload'), 'protocol');
  if (typeof asked !== 'string' || asked === 'th' || asked === 'ether') return false;
  return asked !== protocol && asked !== (isIpv6(vip) ? 'ip6' : 'ip');
}

function testOf(left: unknown, packet: IncomingPacket): Test | undefined {
  const payload = member(left, 'payload');
  if (payload !== undefined)
    return payloadTest(member(payload, 'protocol'), member(payload, 'field'), packet);
  const meta = member(member(left, 'meta'), 'key');
  if (meta !== undefined) return metaTest(meta, packet);
  return member(member(left, 'ct'), 'key') === 'state' ? isNew : undefined;
}

function payloadTest(protocol: unknown, field: unknown, packet: IncomingPacket): Test | undefined {
  if (protocol === 'ip' || protocol === 'ip6') {
    if (field === 'daddr') return (value) => addressIn(packet.vip, value);
    if (field === 'saddr') return (value) => clientIn(value);
    if (field === 'protocol' || field === 'nexthdr') return is(packet.protocol);
    return undefined;
  }
  return field === 'dport' ? (value) => portsIn(packet, value) : undefined;
}

function metaTest(key: unknown, { vip, protocol, interfaces }: IncomingPacket): Test | undefined {
  switch (key) {
    case 'l4proto':
      return is(protocol);
    case 'nfproto':
      return is(isIpv6(vip) ? 'ipv6' : 'ipv4');
    case 'protocol':
      return is(isIpv6(vip) ? 'ip6' : 'ip');
    case 'iif':
    case 'iifname':
      return (value) => interfacesIn(interfaces, String(value));
    default:
      return undefined;
  }
}

/** Connection tracking may be off for it, so that `untracked` could hold instead of `new`. */
const isNew: Test = (value) => {
  if (value === 'untracked') return 'maybe';
  return value === 'new' ? 'yes' : 'no';
};

function is(wanted: string): Test {
  return (value) => (typeof value === 'string' ? decided(value === wanted) : 'maybe');
}

function anyOf(right: unknown, test: Test): Answer {
  const values = Array.isArray(right) ? right : member(right, 'set');
  if (!Array.isArray(values))
    return typeof right === 'string' && right.startsWith('@') ? 'maybe' : test(right);
  const answers = new Set(values.map((value) => test(member(member(value, 'elem'), 'val') ?? value)));
  if (answers.has('yes')) return 'yes';
  return answers.has('maybe') ? 'maybe' : 'no';
}

function isPort(left: unknown): boolean {
  return member(member(left, 'payload'), 'field') === 'dport';
}

const LAST_PORT = 65_535;

function comparePorts(op: string, right: unknown, packet: IncomingPacket): Answer {
  if (typeof right !== 'number') return 'maybe';
  const ranges: Readonly<Record<string, readonly [number, number]>> = {
    '<': [0, right - 1],
    '<=': [0, right],
    '>': [right + 1, LAST_PORT],
    '>=': [right, LAST_PORT],
  };
  const range = ranges[op];
  return range === undefined ? 'maybe' : covers(range, packet);
}

function portsIn(packet: IncomingPacket, value: unknown): Answer {
  const range = typeof value === 'number' ? [value, value] : member(value, 'range');
  if (!Array.isArray(range)) return 'maybe';
  const [first, last] = range as unknown[];
  return typeof first === 'number' && typeof last === 'number' ? covers([first, last], packet) : 'maybe';
}

function covers([first, last]: readonly [number, number], { port, endPort }: IncomingPacket): Answer {
  if (first <= port && endPort <= last) return 'yes';
  return last < port || endPort < first ? 'no' : 'maybe';
}

function addressIn(address: string, value: unknown): Answer {
  if (typeof value === 'string') return value.startsWith('@') ? 'maybe' : decided(value === address);
  const base = member(member(value, 'prefix'), 'addr');
  const length = member(member(value, 'prefix'), 'len');
  if (typeof base !== 'string' || typeof length !== 'number' || !ipaddr.isValid(base)) return 'maybe';
  const [parsed, net] = [ipaddr.parse(address), ipaddr.parse(base)];
  return decided(parsed.kind() === net.kind() && parsed.match(net, length));
}

/** A client may have any address, but for a loopback one. */
function clientIn(value: unknown): Answer {
  const base = typeof value === 'string' ? value : member(member(value, 'prefix'), 'addr');
  const isLoopback =
    typeof base === 'string' && ipaddr.isValid(base) && ipaddr.parse(base).range() === 'loopback';
  return isLoopback ? 'no' : 'maybe';
}

function interfacesIn(interfaces: readonly string[], value: string): Answer {
  const matches = (name: string): boolean =>
    value.endsWith('*') ? name.startsWith(value.slice(0, -1)) : name === value;
  if (interfaces.length > 0 && interfaces.every(matches)) return 'yes';
  return interfaces.some(matches) ? 'maybe' : 'no';
}

function not(answer: Answer): Answer {
  if (answer === 'maybe') return 'maybe';
  return answer === 'yes' ? 'no' : 'yes';
}

function decided(so: boolean): Answer {
  return so ? 'yes' : 'no';
}

/** A member of what may be an object. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
