/**
 * The chains that packets of one address family go through, once their service is known; ruleset-text.ts tells the way.
 */
import type { FlowTimeouts } from './flow-timeouts.js';
import { HASHED_FLOW_KEYS, SCHEDULERS, SLOT_COUNTS, spreadChain, type Family } from './layout.js';

export interface Chain {
  readonly name: string;
  readonly rules: readonly string[];
}

export interface FamilyOptions {
  readonly family: Family;
  readonly seed: number;
  readonly devices: readonly string[];
  readonly timeouts: FlowTimeouts;
}

export function familyChains(options: FamilyOptions): readonly Chain[] {
  const steps = stepsFor(options);
  return [...placingChains(steps), ...rememberedChains(steps), ...spreadChains(options)];
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
  /** Without a hit in backends the rule ends before it forwards, and the next one is tried. */
  readonly send: readonly string[];
  /** The server is gone: bring the service number back and let the packet be placed like a first one. */
  readonly regain: readonly string[];
}

function stepsFor({ family, seed, devices, timeouts }: FamilyOptions): Steps {
  const flow =
    family === 4
      ? 'meta priority . ip saddr . th sport'
      : `meta priority . jhash ip6 saddr . th sport mod ${HASHED_FLOW_KEYS} seed ${seed}`;
  return {
    family,
    known: (map, chain) => `meta mark set ${flow} map @${map}${family} jump ${chain}${family}`,
    renew: (map) => `update @${map}${family} { ${flow} : meta mark }`,
    forget: (map) => `delete @${map}${family} { ${flow} : meta mark }`,
    lengthen: `update @pending${family} { ${flow} timeout ${timeouts.silent}s : meta mark }`,
    send: devices.map(
      (device) =>
        `meta priority set 0 fwd ${family === 4 ? 'ip' : 'ip6'} to meta mark map @backends${family}.${device} device "${device}"`,
    ),
    regain: ['services', 'ranges'].map((map) => serviceFrom(map, family)),
  };
}

/** Nothing to forward to: the host's own stack answers, and must not find our numbers on the packet. */
const LEAVE_TO_HOST = 'meta mark set 0 meta priority set 0';
const DATA = 'tcp flags & (syn | fin | rst | psh) == psh';
const NEW_TO_DRAINED = 'tcp flags & (syn | ack) == syn meta mark @drained';

/** Where a packet's flow is looked for, and where one without any gets its server. */
function placingChains({ family, known, renew, send }: Steps): readonly Chain[] {
  const spread = [`meta priority vmap @classes${family}`, LEAVE_TO_HOST];
  return [
    {
      name: `steer${family}`,
      rules: [
        `meta l4proto udp goto datagram${family}`,
        known('flows', 'established'),
        known('pending', 'young'),
        known('claims', 'claimed'),
        ...spread,
      ],
    },
    { name: `datagram${family}`, rules: [known('datagrams', 'conversation'), ...spread] },
    {
      name: `place${family}`,
      rules: [
        `meta l4proto udp ${renew('datagrams')}`,
        `tcp flags & (syn | rst) == syn ${renew('pending')}`,
        `tcp flags & (syn | rst) == 0 ${renew('claims')}`,
        ...send,
      ],
    },
  ];
}

/** What becomes of a flow that was found, by the map that it was found in. */
function rememberedChains({ family, renew, forget, lengthen, send, regain }: Steps): readonly Chain[] {
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
    chain('closing', [`${renew('claims')} ${forget('flows')}`], 'flows', 'claims'),
    chain('young', young, 'flows', 'pending', 'claims'),
    chain('claimed', claimed, 'flows', 'claims'),
    chain('conversation', [renew('datagrams')], 'datagrams'),
  ];
}

/** One chain per scheduler and slot count: the hash gives the slot, the slot the server. */
function spreadChains({ family, seed }: FamilyOptions): readonly Chain[] {
  const source = family === 4 ? 'ip saddr' : 'ip6 saddr';
  return SCHEDULERS.flatMap((scheduler) =>
    SLOT_COUNTS.map((slots) => {
      const hashed = scheduler === 'maglev' ? `${source} . th sport` : source;
      return {
        name: spreadChain(scheduler, family, slots),
        rules: [
          `meta mark set meta priority . jhash ${hashed} mod ${slots} seed ${seed} map @slots goto place${family}`,
        ],
      };
    }),
  );
}
