/**
 * How much of a service a blocking rule of Windows Firewall reaches. It must never say `all` or `nothing` of what it
 * does not understand: that is `some`. Pure.
 */
import { isCanonicalAddress } from '../../../contract/canonical-address.js';
import type { VipService } from '../../../contract/documents.js';
import type { ObservedBlock } from './filters.js';

export type Reach = 'all' | 'some' | 'nothing';

const ANY = 'Any';
/** As names and as numbers of IANA. */
const PROTOCOLS: Readonly<Record<VipService['protocol'], readonly string[]>> = {
  tcp: ['tcp', '6'],
  udp: ['udp', '17'],
};

export function blockReach(
  { protocol, ports, address, narrowed }: ObservedBlock,
  vip: string,
  service: VipService,
): Reach {
  const reaches = [
    protocolReach(protocol, service),
    wordsReach(address, (word) => addressReach(word, vip)),
    wordsReach(ports, (word) => portReach(word, service)),
  ];
  if (reaches.includes('nothing')) return 'nothing';
  const whole = reaches.every((reach) => reach === 'all') && narrowed.every((value) => value === ANY);
  return whole ? 'all' : 'some';
}

function protocolReach(protocol: string, service: VipService): Reach {
  if (protocol === ANY) return 'all';
  const known = PROTOCOLS[service.protocol].includes(protocol.toLowerCase());
  if (known) return 'all';
  return /^(?:\d+|tcp|udp|icmpv[46])$/i.test(protocol) ? 'nothing' : 'some';
}

/** One word that reaches all is enough. No word at all is nothing that this can understand. */
function wordsReach(words: string, reachOf: (word: string) => Reach): Reach {
  const reaches = new Set(words.split(' ').map((word) => (word === ANY ? 'all' : reachOf(word))));
  if (reaches.has('all')) return 'all';
  return reaches.has('some') ? 'some' : 'nothing';
}

/** Subnets, ranges and words such as LocalSubnet may hold the VIP. */
function addressReach(word: string, vip: string): Reach {
  if (word === vip) return 'all';
  return isCanonicalAddress(word) ? 'nothing' : 'some';
}

function portReach(word: string, { port, endPort }: VipService): Reach {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
  if (first === undefined) return 'some';
  const [from, to] = [Number(first), Number(last)];
  if (from <= port && to >= endPort) return 'all';
  return from > endPort || to < port ? 'nothing' : 'some';
}
