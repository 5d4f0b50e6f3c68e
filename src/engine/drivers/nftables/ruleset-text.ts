/**
 * The fixed part of the table: declarations of the maps, and the rules. It depends on the seed and on the names of
 * the interfaces and on nothing else, so it is loaded once and no change of a service touches it.
 *
 * A packet's way: services -> [ flows, then pending, then claims | datagrams ] -> class -> slots -> backends -> out.
 * What shows no ports of a service, such as an ICMP error or a later fragment, is looked at behind all services.
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
 * - Two IPv6 flows with equal hashes (flow-keys.ts) share an entry: its server, and its end when either closes.
 * - Frames for other hosts, seen while the interface is promiscuous, must not be forwarded a second time.
 */
import type { Chain } from './chain.js';
import { chainsNamed, SOURCES_MAP } from './chains-on-demand.js';
import { ERROR_RULES } from './error-chains.js';
import { familyChains, serviceFrom } from './family-chains.js';
import { fragmentMap, fragmentRule } from './fragment-chains.js';
import { flowKeyType, QUOTED_SERVICE } from './flow-keys.js';
import { FLOW_TIMEOUTS, type FlowTimeouts } from './flow-timeouts.js';
import { FAMILIES, SETS, TABLE, type Family } from './layout.js';

/** Entries in each map that the kernel fills; about 100 bytes each, taken only when used. */
const FLOWS = 1_048_576;
const PENDING = 262_144;
const CLAIMS = 262_144;
const DATAGRAMS = 262_144;

/** Runs before other users of the ingress hook at its usual priority 0. */
const HOOK_PRIORITY = -100;

export interface RulesetOptions {
  readonly seed: number;
  readonly devices: readonly string[];
  readonly timeouts?: FlowTimeouts;
  /** Names of chains that are made on demand. */
  readonly onDemand?: Iterable<string>;
}

/** The part of the text that is about chains made on demand, for a table that lacks them and is right otherwise. */
export function onDemandText(names: Iterable<string>, seed: number): string {
  const chains = chainsNamed(names, seed);
  return [...declared(chains), ...filled(chains), ''].join('\n');
}

function declared(chains: readonly Chain[]): readonly string[] {
  return chains.flatMap(({ name }) => [`add chain ${TABLE} ${name}`, `flush chain ${TABLE} ${name}`]);
}

function filled(chains: readonly Chain[]): readonly string[] {
  return chains.flatMap(({ name, rules }) => rules.map((rule) => `add rule ${TABLE} ${name} ${rule}`));
}

/** Chain `in` apart: it is bound to interfaces and has to be made anew to change them. */
const ENTRY_CHAIN = 'in';

/** Text for nft that brings the table's fixed part to this form, whatever form it has, and leaves elements alone. */
export function rulesetText(options: RulesetOptions): string {
  const chains = [
    entryChain(options),
    ...FAMILIES.flatMap((family) => familyChains({ family, timeouts: FLOW_TIMEOUTS, ...options })),
    ...chainsNamed(options.onDemand ?? [], options.seed),
  ];
  return [
    `add table ${TABLE}`,
    ...mapDeclarations(options).map(({ kind, name, text }) => `add ${kind} ${TABLE} ${name} { ${text} }`),
    ...declared(chains),
    // A chain that was bound to other interfaces can only be replaced. The kernel does that in one step.
    `delete chain ${TABLE} ${ENTRY_CHAIN}`,
    `add chain ${TABLE} ${ENTRY_CHAIN} { type filter hook ingress devices = { ${options.devices
      .map((device) => `"${device}"`)
      .join(', ')} } priority ${HOOK_PRIORITY}; }`,
    ...filled(chains),
    '',
  ].join('\n');
}

interface Declaration {
  readonly kind: 'map' | 'set';
  readonly name: string;
  readonly text: string;
}

function mapDeclarations({ devices, timeouts = FLOW_TIMEOUTS }: RulesetOptions): readonly Declaration[] {
  return [
    ...FAMILIES.flatMap((family) => familyMaps(family, devices, timeouts)),
    { kind: 'map', name: 'slots', text: 'typeof meta priority . numgen inc mod 4096 : meta mark;' },
    { kind: 'map', name: 'digests', text: 'typeof meta priority : meta mark;' },
    { kind: 'map', name: 'spreads', text: 'typeof meta priority : verdict;' },
    { kind: 'map', name: 'renewals', text: 'typeof meta priority : verdict;' },
    { kind: 'map', name: 'sources', text: SOURCES_MAP },
    ...[...SETS].map((name) => ({ kind: 'set' as const, name, text: 'typeof meta mark;' })),
  ];
}

function familyMaps(
  family: Family,
  devices: readonly string[],
  timeouts: FlowTimeouts,
): readonly Declaration[] {
  const ip = family === 4 ? 'ip' : 'ip6';
  const service = `typeof ${ip} daddr . meta l4proto . th dport : meta priority;`;
  const flow = `typeof ${flowKeyType(family)} : meta mark;`;
  const quoted = `typeof ${QUOTED_SERVICE[family]} : meta priority;`;
  const dynamic = (timeout: number, size: number) =>
    `${flow} flags dynamic,timeout; timeout ${timeout}s; size ${size};`;
  const map = (name: string, text: string): Declaration => ({ kind: 'map', name: `${name}${family}`, text });
  return [
    map('services', `${service} counter;`),
    // Apart from exact ports: a commit that touches a map with ranges costs time in proportion to its size.
    map('ranges', `${service} flags interval; counter;`),
    map('quoted', quoted),
    map('quotedranges', `${quoted} flags interval;`),
    map('classes', 'typeof meta priority : verdict;'),
    map('flows', dynamic(timeouts.established, FLOWS)),
    map('pending', dynamic(timeouts.pending, PENDING)),
    map('claims', dynamic(timeouts.claimed, CLAIMS)),
    map('datagrams', dynamic(timeouts.datagrams, DATAGRAMS)),
    map('fragments', fragmentMap(family)),
    ...devices.map((device) => ({
      kind: 'map' as const,
      name: `backends${family}.${device}`,
      text: `typeof meta mark : ${ip} daddr; counter;`,
    })),
  ];
}

function entryChain({ devices }: RulesetOptions): Chain {
  if (devices.length === 0) throw new Error('a table without interfaces forwards nothing');
  return {
    name: ENTRY_CHAIN,
    rules: [
      'meta pkttype != host accept',
      ...FAMILIES.flatMap((family) =>
        ['services', 'ranges'].map((map) => `${serviceFrom(map, family)} goto steer${family}`),
      ),
      ...ERROR_RULES,
      ...FAMILIES.map(fragmentRule),
    ],
  };
}
