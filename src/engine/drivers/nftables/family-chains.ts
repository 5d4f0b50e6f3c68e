/**
 * The chains that packets of one address family go through, once their service is known; ruleset-text.ts tells the way.
 */
import type { Chain } from './chain.js';
import { errorChains } from './error-chains.js';
import { fragmentChain, rememberFragment } from './fragment-chains.js';
import { flowKey } from './flow-keys.js';
import type { FlowTimeouts } from './flow-timeouts.js';
import type { Family } from './layout.js';
import { spreadChains } from './spread-chains.js';

export interface FamilyOptions {
  readonly family: Family;
  readonly seed: number;
  readonly devices: readonly string[];
  readonly timeouts: FlowTimeouts;
}

export function familyChains(options: FamilyOptions): readonly Chain[] {
  const steps = stepsFor(options);
  const { family, seed } = options;
  return [
    ...placingChains(steps),
    ...rememberedChains(steps),
    ...errorChains({ family, seed, toSlot: toSlot(family) }),
    fragmentChain(family, seed),
    { name: `deliver${family}`, rules: [...steps.send, LEAVE_TO_HOST] },
    ...spreadChains(family, seed),
  ];
}

export function serviceFrom(map: string, family: Family): string {
  const ip = family === 4 ? 'ip' : 'ip6';
  return `meta priority set ${ip} daddr . meta l4proto . th dport map @${map}${family}`;
}

/** Pieces that rules are made of. */
interface Steps {
  readonly family: Family;
  readonly known: (map: string, chain: string) => string;
  readonly renew: (map: string) => string;
  readonly forget: (map: string) => string;
  readonly lengthen: string;
  readonly noteFragment: string;
  /** Without a hit in backends the rule ends before it forwards, and the next one is tried. */
  readonly send: readonly string[];
  /** The server is gone: bring the service number back and let the packet be placed like a first one. */
  readonly regain: readonly string[];
}

function stepsFor({ family, seed, devices, timeouts }: FamilyOptions): Steps {
  const flow = flowKey('sent', family, seed);
  return {
    family,
    known: (map, chain) => `meta mark set ${flow} map @${map}${family} jump ${chain}${family}`,
    renew: (map) => `update @${map}${family} { ${flow} : meta mark }`,
    forget: (map) => `delete @${map}${family} { ${flow} : meta mark }`,
    lengthen: `update @pending${family} { ${flow} timeout ${timeouts.silent}s : meta mark }`,
    noteFragment: rememberFragment(family, seed),
    send: devices.map(
      (device) =>
        `meta priority set 0 fwd ${family === 4 ? 'ip' : 'ip6'} to meta mark map @backends${family}.${device} device "${device}"`,
    ),
    regain: ['services', 'ranges'].map((map) => serviceFrom(map, family)),
  };
}

/** Nothing to forward to: the host's own stack answers, and must not find our numbers on the packet. */
const LEAVE_TO_HOST = 'meta mark set 0 meta priority set 0';
/** Without a slot the mark stays 0. */
const toSlot = (family: Family): string => `meta mark set 0 meta priority vmap @classes${family}`;
const DATA = 'tcp flags & (syn | fin | rst | psh) == psh';
const NEW_TO_DRAINED = 'tcp flags & (syn | ack) == syn meta mark @drained';

/** Where a packet's flow is looked for, and where one without any gets its server. */
function placingChains({ family, known, renew, noteFragment, send }: Steps): readonly Chain[] {
  const placed = (chain: string) => [toSlot(family), `meta mark != 0 goto ${chain}${family}`, LEAVE_TO_HOST];
  return [
    {
      name: `steer${family}`,
      rules: [
        `meta l4proto udp goto datagram${family}`,
        known('flows', 'established'),
        known('pending', 'young'),
        known('claims', 'claimed'),
        ...placed('place'),
      ],
    },
    {
      name: `datagram${family}`,
      rules: [known('datagrams', 'conversation'), ...placed('converse')],
    },
    { name: `converse${family}`, rules: [renew('datagrams'), noteFragment, ...send, LEAVE_TO_HOST] },
    {
      name: `place${family}`,
      rules: [
        `tcp flags & (syn | rst) == syn ${renew('pending')}`,
        `tcp flags & (syn | rst) == 0 ${renew('claims')}`,
        ...send,
        LEAVE_TO_HOST,
      ],
    },
  ];
}

/** What becomes of a flow that was found, by the map that it was found in. */
function rememberedChains({
  family,
  renew,
  forget,
  lengthen,
  noteFragment,
  send,
  regain,
}: Steps): readonly Chain[] {
  const chain = (name: string, first: readonly string[], ...forgotten: readonly string[]): Chain => ({
    name: `${name}${family}`,
    rules: [...first, ...send, ...regain, ...forgotten.map(forget)],
  });
  const established = [
    `${NEW_TO_DRAINED} ${forget('flows')} return`,
    `tcp flags & (fin | rst) != 0 goto closing${family}`,
    renew('flows'),
  ];
  const young = [
    `${NEW_TO_DRAINED} ${forget('pending')} return`,
    `tcp flags & syn != 0 ${renew('pending')}`,
    `tcp flags & (fin | rst) != 0 ${renew('claims')} ${forget('pending')}`,
    `tcp flags & (syn | fin | rst | ack) == ack ${lengthen}`,
    `${DATA} ${renew('flows')} ${forget('pending')}`,
  ];
  const claimed = [
    `tcp flags & (syn | ack) == syn ${forget('claims')} return`,
    `tcp flags & rst == 0 ${renew('claims')}`,
    `${DATA} ${renew('flows')} ${forget('claims')}`,
  ];
  return [
    chain('established', established, 'flows'),
    chain(
      'closing',
      [`${renew('claims')} ${forget('flows')}`, 'meta priority vmap @renewals'],
      'flows',
      'claims',
    ),
    chain('young', young, 'flows', 'pending', 'claims'),
    chain('claimed', claimed, 'flows', 'claims'),
    chain('conversation', [renew('datagrams'), noteFragment], 'datagrams'),
  ];
}
