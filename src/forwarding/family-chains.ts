/**
 * The chains that packets of one address family go through; ruleset-text.ts tells the way.
 */
import type { Chain } from './chain.js';
import { errorChains } from './error-chains.js';
import { forgetFragment, fragmentChain, rememberFragment } from './fragment-chains.js';
import { connectionKey, conversationKey } from './flow-keys.js';
import type { FlowTimeouts } from './flow-timeouts.js';
import type { Family } from './layout.js';

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
    ...establishedChains(steps),
    ...beginningChains(steps),
    ...datagramChains(steps),
    ...errorChains({ family, seed, toSlot: toSlot(family) }),
    fragmentChain(family, seed),
    { name: `deliver${family}`, rules: [...steps.send, LEAVE_TO_HOST] },
    { name: `straight${family}`, rules: [...steps.sendAtOnce, LEAVE_TO_HOST] },
  ];
}

export function serviceFrom(map: string, family: Family): string {
  const ip = family === 4 ? 'ip' : 'ip6';
  return `meta priority set ${ip} daddr . meta l4proto . th dport map @${map}${family}`;
}

/** For the entry chain: connections that carried data need no more than this to be found. */
export function establishedFirst(family: Family, seed: number): string {
  return `${IS_TCP[family]} ${findConnection(family, seed, 'flows', 'jump established')}`;
}

/**
 * The same and all that a plain packet needs, in one rule, for a table with one interface. Whatever else there is, or goes
 * wrong on the way, such as a server that is gone, is left to the rules behind it.
 */
export function establishedAtOnce(family: Family, seed: number, device: string): string {
  const key = connectionKey('sent', family, seed);
  const known = `meta mark set ${key} map @flows${family} update @flows${family} { ${key} : meta mark }`;
  return `${IS_TCP[family]} ${NEITHER_BEGINS_NOR_ENDS} ${known} ${forward(family, device)}`;
}

/** To the server whose number is in `meta mark`; without a hit the rule ends, and the next one is tried. */
export function forward(family: Family, device: string): string {
  return `fwd ${family === 4 ? 'ip' : 'ip6'} to meta mark map @backends${family}.${device} device "${device}"`;
}

/** Version 4 by raw bits: nft lists raw addresses behind `meta protocol ip` as typed ones, and takes no such list back. */
const IS_TCP: Readonly<Record<Family, string>> = {
  4: '@nh,0,8 & 0xf0 == 0x40 meta l4proto tcp',
  6: 'meta protocol ip6 meta l4proto tcp',
};

function findConnection(family: Family, seed: number, map: string, then: string): string {
  return `meta mark set ${connectionKey('sent', family, seed)} map @${map}${family} ${then}${family}`;
}

/** Pieces that rules are made of. */
interface Steps {
  readonly family: Family;
  readonly known: (map: ConnectionMap, chain: string) => string;
  readonly renew: (map: ConnectionMap) => string;
  readonly forget: (map: ConnectionMap) => string;
  readonly lengthen: string;
  /** The entry of a conversation of datagrams. */
  readonly conversation: string;
  readonly noteFragment: string;
  readonly forgetFragment: string;
  /** Without a hit in backends the rule ends before it forwards, and the next one is tried. */
  readonly send: readonly string[];
  /** The same for a packet that has no service number yet. */
  readonly sendAtOnce: readonly string[];
  /** Brings the number of the packet's service. */
  readonly regain: readonly string[];
}

type ConnectionMap = 'flows' | 'pending' | 'claims';

function stepsFor({ family, seed, devices, timeouts }: FamilyOptions): Steps {
  const connection = connectionKey('sent', family, seed);
  const sendAtOnce = devices.map((device) => forward(family, device));
  return {
    family,
    known: (map, chain) => findConnection(family, seed, map, `jump ${chain}`),
    renew: (map) => `update @${map}${family} { ${connection} : meta mark }`,
    forget: (map) => `delete @${map}${family} { ${connection} : meta mark }`,
    lengthen: `update @pending${family} { ${connection} timeout ${timeouts.silent}s : meta mark }`,
    conversation: conversationKey('sent', family, seed),
    noteFragment: rememberFragment(family, seed),
    forgetFragment: forgetFragment(family, seed),
    send: sendAtOnce.map((rule) => `meta priority set 0 ${rule}`),
    sendAtOnce,
    regain: ['services', 'ranges'].map((map) => serviceFrom(map, family)),
  };
}

/** Nothing to forward to: the host's own stack answers, and must not find our numbers on the packet. */
const LEAVE_TO_HOST = 'meta mark set 0 meta priority set 0';
/** Without a slot the mark stays 0. */
const toSlot = (family: Family): string => `meta mark set 0 meta priority vmap @classes${family}`;
const DATA = 'tcp flags & (syn | fin | rst | psh) == psh';
const BEGINS = 'tcp flags & (syn | ack) == syn';
/** FIN, SYN or RST; as raw bits, for nft asks for TCP anew before it looks at a field of it. */
const BEGINS_OR_ENDS = '@th,104,8 & 0x7 != 0';
const NEITHER_BEGINS_NOR_ENDS = '@th,104,8 & 0x7 == 0';
/** Another service's server, or one that takes no new flows. */
const NOT_OF_TAKERS = 'meta priority . meta mark != @takers';

/** Where a packet's flow is looked for, once its service is known, and where one without any gets its server. */
function placingChains({ family, known, renew, send }: Steps): readonly Chain[] {
  return [
    {
      name: `steer${family}`,
      rules: [
        `meta l4proto udp goto datagram${family}`,
        known('pending', 'young'),
        known('claims', 'claimed'),
        toSlot(family),
        `meta mark != 0 goto place${family}`,
        LEAVE_TO_HOST,
      ],
    },
    {
      name: `place${family}`,
      rules: [
        `meta priority @stateless goto deliver${family}`,
        `tcp flags & (syn | rst) == syn ${renew('pending')}`,
        `tcp flags & (syn | rst) == 0 ${renew('claims')}`,
        ...send,
        LEAVE_TO_HOST,
      ],
    },
  ];
}

/**
 * For a connection in `flows`, whose service nobody has asked for. They return to the entry chain with a packet whose
 * server is gone, which is then placed like a first one.
 */
function establishedChains({ family, renew, forget, sendAtOnce, send, regain }: Steps): readonly Chain[] {
  return [
    {
      name: `established${family}`,
      rules: [
        `${BEGINS_OR_ENDS} goto turning${family}`,
        renew('flows'),
        ...sendAtOnce,
        forget('flows'),
        LEAVE_TO_HOST,
      ],
    },
    {
      name: `turning${family}`,
      rules: [
        ...regain,
        `tcp flags & (fin | rst) != 0 goto closing${family}`,
        `${BEGINS} ${NOT_OF_TAKERS} goto left${family}`,
        renew('flows'),
        ...send,
        `goto left${family}`,
      ],
    },
    {
      name: `closing${family}`,
      rules: [
        `${renew('claims')} ${forget('flows')}`,
        'meta priority vmap @renewals',
        ...send,
        forget('claims'),
        LEAVE_TO_HOST,
      ],
    },
    { name: `left${family}`, rules: [forget('flows'), LEAVE_TO_HOST] },
  ];
}

/** For a connection that has not carried data yet, or that is closing. */
function beginningChains({ family, renew, forget, lengthen, send, regain }: Steps): readonly Chain[] {
  const chain = (name: string, first: readonly string[], ...forgotten: readonly ConnectionMap[]): Chain => ({
    name: `${name}${family}`,
    rules: [...first, ...send, ...regain, ...forgotten.map(forget)],
  });
  const young = [
    `${BEGINS} ${NOT_OF_TAKERS} ${forget('pending')} return`,
    `tcp flags & syn != 0 ${renew('pending')}`,
    `tcp flags & (fin | rst) != 0 ${renew('claims')} ${forget('pending')}`,
    `tcp flags & (syn | fin | rst | ack) == ack ${lengthen}`,
    `${DATA} ${renew('flows')} ${forget('pending')}`,
  ];
  const claimed = [
    `${BEGINS} ${forget('claims')} return`,
    `tcp flags & rst == 0 ${renew('claims')}`,
    `${DATA} ${renew('flows')} ${forget('claims')}`,
  ];
  return [chain('young', young, 'flows', 'pending', 'claims'), chain('claimed', claimed, 'flows', 'claims')];
}

function datagramChains({ family, conversation, send, regain, ...steps }: Steps): readonly Chain[] {
  const entry = `{ ${conversation} : meta mark }`;
  return [
    {
      name: `datagram${family}`,
      rules: [
        `meta mark set ${conversation} map @datagrams${family} jump conversation${family}`,
        toSlot(family),
        `meta mark != 0 goto converse${family}`,
        LEAVE_TO_HOST,
      ],
    },
    {
      name: `converse${family}`,
      rules: [
        steps.noteFragment,
        `meta priority @stateless goto deliver${family}`,
        `update @datagrams${family} ${entry}`,
        ...send,
        LEAVE_TO_HOST,
      ],
    },
    {
      name: `conversation${family}`,
      rules: [
        `update @datagrams${family} ${entry}`,
        steps.noteFragment,
        ...send,
        ...regain,
        steps.forgetFragment,
        `delete @datagrams${family} ${entry}`,
      ],
    },
  ];
}
