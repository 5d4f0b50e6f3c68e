/**
 * The fixed part of the table: declarations of the maps, and the rules. It depends on the seed and on the names of
 * the interfaces and on nothing else, so it is loaded once and no change of a service touches it.
 *
 * A packet's way: services -> [ flows, then pending, then claims | datagrams ] -> class -> slots -> backends -> out.
 * The service number travels in `meta priority`, the server number in `meta mark`; priority is zeroed before the
 * packet leaves, for queueing disciplines would read it.
 *
 * - `pending` holds connections that began with a SYN and have not carried data yet; `claims` those whose beginning was
 *   not seen, as after a loss of the maps, and those that are closing. Data (PSH) moves a connection from either into
 *   `flows`, but only its second packet here: a flood of single packets, of whatever flags, fills one of the two.
 * - The ACK that ends a handshake lengthens the life in `pending`, for some clients wait for the server to speak.
 * - A full map stops no packet: every `update` is the last step of its rule but for a `delete`, and without an entry
 *   the slot decides.
 * - A SYN never sticks to a server that is drained. A flow whose server left `backends` is placed anew.
 * - `update` keeps the server of an entry that is there and renews its time.
 * - For IPv6 the key holds a 32-bit hash of address and port in their place, because nft 1.0.6 writes wrong keys
 *   above 16 bytes. Two flows with equal hashes share an entry: its server, and its end when either of them closes.
 * - Later fragments carry no ports; their packets pass on to the host.
 * - Frames for other hosts, seen while the interface is promiscuous, must not be forwarded a second time.
 */
import { FAMILIES, SCHEDULERS, SLOT_COUNTS, spreadChain, TABLE, type Family } from './layout.js';

/** Entries in each map that the kernel fills; about 100 bytes each, taken only when used. */
const FLOWS = 1_048_576;
const PENDING = 262_144;
const CLAIMS = 262_144;
const DATAGRAMS = 262_144;

/** Seconds that an entry lives after its last packet. */
export interface FlowTimeouts {
  /** TCP that carried data. */
  readonly established: number;
  /** TCP whose handshake was ended by an ACK, and that has not carried data. */
  readonly silent: number;
  /** TCP in its handshake. */
  readonly pending: number;
  /** TCP that was not seen to begin, or is closing. */
  readonly claimed: number;
  readonly datagrams: number;
}

export const FLOW_TIMEOUTS: FlowTimeouts = {
  established: 900,
  silent: 300,
  pending: 30,
  claimed: 30,
  datagrams: 60,
};

/** Runs before other users of the ingress hook at its usual priority 0. */
const HOOK_PRIORITY = -100;

export interface RulesetOptions {
  readonly seed: number;
  readonly devices: readonly string[];
  readonly timeouts?: FlowTimeouts;
}

/** Chain `in` apart: it is bound to interfaces and has to be made anew to change them. */
const ENTRY_CHAIN = 'in';

/** Text for nft that brings the table's fixed part to this form, whatever form it has, and leaves elements alone. */
export function rulesetText(options: RulesetOptions): string {
  const chains = [entryChain(options), ...FAMILIES.flatMap((family) => familyChains(family, options))];
  return [
    `add table ${TABLE}`,
    ...mapDeclarations(options).map(({ kind, name, text }) => `add ${kind} ${TABLE} ${name} { ${text} }`),
    ...chains.flatMap(({ name }) => [`add chain ${TABLE} ${name}`, `flush chain ${TABLE} ${name}`]),
    // A chain that was bound to other interfaces can only be replaced. The kernel does that in one step.
    `delete chain ${TABLE} ${ENTRY_CHAIN}`,
    `add chain ${TABLE} ${ENTRY_CHAIN} { type filter hook ingress devices = { ${options.devices
      .map((device) => `"${device}"`)
      .join(', ')} } priority ${HOOK_PRIORITY}; }`,
    ...chains.flatMap(({ name, rules }) => rules.map((rule) => `add rule ${TABLE} ${name} ${rule}`)),
    '',
  ].join('\n');
}

interface Declaration {
  readonly kind: 'map' | 'set';
  readonly name: string;
  readonly text: string;
}

interface Chain {
  readonly name: string;
  readonly rules: readonly string[];
}

function mapDeclarations({ devices, timeouts = FLOW_TIMEOUTS }: RulesetOptions): readonly Declaration[] {
  return [
    ...FAMILIES.flatMap((family) => familyMaps(family, devices, timeouts)),
    { kind: 'map', name: 'slots', text: 'typeof meta priority . numgen inc mod 4096 : meta mark;' },
    { kind: 'map', name: 'digests', text: 'typeof meta priority : meta mark;' },
    { kind: 'set', name: 'drained', text: 'typeof meta mark;' },
  ];
}

function familyMaps(
  family: Family,
  devices: readonly string[],
  timeouts: FlowTimeouts,
): readonly Declaration[] {
  const ip = family === 4 ? 'ip' : 'ip6';
  const service = `typeof ${ip} daddr . meta l4proto . th dport : meta priority;`;
  const flow =
    family === 4
      ? 'typeof meta priority . ip saddr . th sport : meta mark;'
      : `typeof meta priority . numgen inc mod ${HASHED_FLOW_KEYS} : meta mark;`;
  const dynamic = (timeout: number, size: number) =>
    `${flow} flags dynamic,timeout; timeout ${timeout}s; size ${size};`;
  const map = (name: string, text: string): Declaration => ({ kind: 'map', name: `${name}${family}`, text });
  return [
    map('services', `${service} counter;`),
    // Apart from exact ports: a commit that touches a map with ranges costs time in proportion to its size.
    map('ranges', `${service} flags interval; counter;`),
    map('classes', 'typeof meta priority : verdict;'),
    map('flows', dynamic(timeouts.established, FLOWS)),
    map('pending', dynamic(timeouts.pending, PENDING)),
    map('claims', dynamic(timeouts.claimed, CLAIMS)),
    map('datagrams', dynamic(timeouts.datagrams, DATAGRAMS)),
    ...devices.map((device) => ({
      kind: 'map' as const,
      name: `backends${family}.${device}`,
      text: `typeof meta mark : ${ip} daddr; counter;`,
    })),
  ];
}

const HASHED_FLOW_KEYS = 2 ** 32 - 1;

function entryChain({ devices }: RulesetOptions): Chain {
  if (devices.length === 0) throw new Error('a table without interfaces forwards nothing');
  return {
    name: ENTRY_CHAIN,
    rules: [
      'meta pkttype != host accept',
      ...FAMILIES.flatMap((family) =>
        ['services', 'ranges'].map((map) => `${serviceFrom(map, family)} goto steer${family}`),
      ),
    ],
  };
}

function serviceFrom(map: string, family: Family): string {
  const ip = family === 4 ? 'ip' : 'ip6';
  return `meta priority set ${ip} daddr . meta l4proto . th dport map @${map}${family}`;
}

function familyChains(
  family: Family,
  { seed, devices, timeouts = FLOW_TIMEOUTS }: RulesetOptions,
): readonly Chain[] {
  const flow =
    family === 4
      ? 'meta priority . ip saddr . th sport'
      : `meta priority . jhash ip6 saddr . th sport mod ${HASHED_FLOW_KEYS} seed ${seed}`;
  const known = (map: string, chain: string) =>
    `meta mark set ${flow} map @${map}${family} jump ${chain}${family}`;
  const renew = (map: string) => `update @${map}${family} { ${flow} : meta mark }`;
  const lengthen = `update @pending${family} { ${flow} timeout ${timeouts.silent}s : meta mark }`;
  const forget = (map: string) => `delete @${map}${family} { ${flow} : meta mark }`;
  // Without a hit in backends the rule ends before it forwards, and the next one is tried.
  const send = devices.map(
    (device) =>
      `meta priority set 0 fwd ${family === 4 ? 'ip' : 'ip6'} to meta mark map @backends${family}.${device} device "${device}"`,
  );
  // The server is gone: bring the service number back and let the packet be placed like a first one.
  const regain = ['services', 'ranges'].map((map) => serviceFrom(map, family));
  const data = 'tcp flags & (syn | fin | rst | psh) == psh';
  const newToDrained = 'tcp flags & (syn | ack) == syn meta mark @drained';
  const chain = (name: string, rules: readonly string[]): Chain => ({ name: `${name}${family}`, rules });
  return [
    chain('steer', [
      `meta l4proto udp goto datagram${family}`,
      known('flows', 'established'),
      known('pending', 'young'),
      known('claims', 'claimed'),
      `meta priority vmap @classes${family}`,
      LEAVE_TO_HOST,
    ]),
    chain('datagram', [
      known('datagrams', 'conversation'),
      `meta priority vmap @classes${family}`,
      LEAVE_TO_HOST,
    ]),
    chain('established', [
      `${newToDrained} ${forget('flows')} return`,
      `tcp flags & (fin | rst) != 0 goto closing${family}`,
      renew('flows'),
      ...send,
      ...regain,
      forget('flows'),
    ]),
    chain('closing', [`${renew('claims')} ${forget('flows')}`, ...send, ...regain, forget('claims')]),
    chain('young', [
      `${newToDrained} ${forget('pending')} return`,
      `tcp flags & syn != 0 ${renew('pending')}`,
      `tcp flags & (fin | rst) != 0 ${renew('claims')} ${forget('pending')}`,
      `tcp flags & (syn | fin | rst | ack) == ack ${lengthen}`,
      `${data} ${renew('flows')} ${forget('pending')}`,
      ...send,
      ...regain,
      forget('flows'),
      forget('pending'),
    ]),
    chain('claimed', [
      `tcp flags & (syn | ack) == syn ${forget('claims')} return`,
      `tcp flags & rst == 0 ${renew('claims')}`,
      `${data} ${renew('flows')} ${forget('claims')}`,
      ...send,
      ...regain,
      forget('flows'),
      forget('claims'),
    ]),
    chain('conversation', [renew('datagrams'), ...send, ...regain, forget('datagrams')]),
    chain('place', [
      `meta l4proto udp ${renew('datagrams')}`,
      `tcp flags & (syn | rst) == syn ${renew('pending')}`,
      `tcp flags & (syn | rst) == 0 ${renew('claims')}`,
      ...send,
    ]),
    ...spreadChains(family, seed),
  ];
}

/** Nothing to forward to: the host's own stack answers, and must not find our numbers on the packet. */
const LEAVE_TO_HOST = 'meta mark set 0 meta priority set 0';

/** One chain per scheduler and slot count: the hash gives the slot, the slot the server. */
function spreadChains(family: Family, seed: number): readonly Chain[] {
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
