/**
 * The fixed part of the table: declarations of the maps, and the rules. It depends on the seed and on the names of
 * the interfaces and on nothing else, so it is loaded once and no change of a service touches it.
 *
 * A packet's way: [ straight, of services that remember no flows ] -> flows -> services
 *   -> [ pending, then claims | datagrams ] -> class -> slots -> backends -> out.
 * What shows no ports of a service, such as an ICMP error or a later fragment, is looked at behind all services.
 * The service number travels in `meta priority`, the server number in `meta mark`; priority is zeroed before the
 * packet leaves, for queueing disciplines would read it.
 *
 * - `flows` comes first, for most packets are found in it: such a connection goes on wherever its server can be reached,
 *   also when its service has moved. Only its beginning and its end ask for the service.
 * - `pending` holds connections that began with a SYN and have not carried data yet; `claims` those whose beginning was
 *   not seen, as after a loss of the maps, and those that are closing. Data (PSH) moves a connection from either into
 *   `flows`, but only its second packet here: a flood of single packets, of whatever flags, fills one of the two.
 * - The ACK that ends a handshake lengthens the life in `pending`, for some clients wait for the server to speak.
 * - A full map stops no packet: every `update` is the last step of its rule but for a `delete`, or the next rules do the
 *   same without it; and without an entry the slot decides.
 * - A SYN sticks to no server but one of its own service that takes new flows. A flow whose server left `backends` is
 *   placed anew.
 * - `update` keeps the server of an entry that is there and renews its time.
 * - Two IPv6 conversations of datagrams with equal hashes (flow-keys.ts) share an entry.
 * - Frames for other hosts, seen while the interface is promiscuous, must not be forwarded a second time.
 */
import type { Chain } from './chain.js';
import { chainsNamed, SOURCES_MAP } from './chains-on-demand.js';
import { ERROR_RULES } from './error-chains.js';
import { establishedAtOnce, establishedFirst, familyChains, forward, serviceFrom } from './family-chains.js';
import { fragmentMap, fragmentRule } from './fragment-chains.js';
import { connectionKeyType, conversationKeyType, QUOTED_SERVICE } from './flow-keys.js';
import { FLOW_TIMEOUTS, type FlowTimeouts } from './flow-timeouts.js';
import { FAMILIES, TABLE, type Family } from './layout.js';
import { isStraightName, straightLookups, straightMap } from './straight-rules.js';

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
  /** Names of chains that are made on demand, and of straight ways. */
  readonly onDemand?: Iterable<string>;
}

/** The part of the text that is about what is made on demand, for a table that lacks it and is right otherwise. */
export function onDemandText(names: Iterable<string>, options: RulesetOptions): string {
  const missing = [...names];
  // The entry chain is filled anew, with all that is asked for by now, when some of it is what is lacking.
  const entry = missing.some(isStraightName) ? [entryChain(options)] : [];
  const chains = [...chainsIn(missing, options.seed), ...entry];
  return [...declared(chains), ...filled(chains), ''].join('\n');
}

function chainsIn(names: Iterable<string>, seed: number): readonly Chain[] {
  return chainsNamed(
    [...names].filter((name) => !isStraightName(name)),
    seed,
  );
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
    ...chainsIn(options.onDemand ?? [], options.seed),
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
    { kind: 'set', name: 'takers', text: 'typeof meta priority . meta mark;' },
    { kind: 'set', name: 'stateless', text: 'typeof meta priority;' },
  ];
}

function familyMaps(
  family: Family,
  devices: readonly string[],
  timeouts: FlowTimeouts,
): readonly Declaration[] {
  const ip = family === 4 ? 'ip' : 'ip6';
  const service = `typeof ${ip} daddr . meta l4proto . th dport : meta priority;`;
  const connection = connectionKeyType(family);
  const quoted = `typeof ${QUOTED_SERVICE[family]} : meta priority;`;
  const dynamic = (key: string, timeout: number, size: number) =>
    `typeof ${key} : meta mark; flags dynamic,timeout; timeout ${timeout}s; size ${size};`;
  const map = (name: string, text: string): Declaration => ({ kind: 'map', name: `${name}${family}`, text });
  return [
    map('services', service),
    // Apart from exact ports: a commit that touches a map with ranges costs time in proportion to its size.
    map('ranges', `${service} flags interval;`),
    map('quoted', quoted),
    map('quotedranges', `${quoted} flags interval;`),
    map('classes', 'typeof meta priority : verdict;'),
    map('flows', dynamic(connection, timeouts.established, FLOWS)),
    map('pending', dynamic(connection, timeouts.pending, PENDING)),
    map('claims', dynamic(connection, timeouts.claimed, CLAIMS)),
    map('datagrams', dynamic(conversationKeyType(family), timeouts.datagrams, DATAGRAMS)),
    map('fragments', fragmentMap(family)),
    map('straight', straightMap(family)),
    ...devices.map((device) => ({
      kind: 'map' as const,
      name: `backends${family}.${device}`,
      text: `typeof meta mark : ${ip} daddr; counter;`,
    })),
  ];
}

function entryChain(options: RulesetOptions): Chain {
  const { devices, seed } = options;
  const [device, ...others] = devices;
  if (device === undefined) throw new Error('a table without interfaces forwards nothing');
  return {
    name: ENTRY_CHAIN,
    rules: [
      ...(others.length === 0 ? rulesAtOnce(options, device) : []),
      'meta pkttype != host accept',
      ...(others.length === 0 ? [] : straightRules(options)),
      ...FAMILIES.map((family) => establishedFirst(family, seed)),
      ...FAMILIES.flatMap((family) =>
        ['services', 'ranges'].map((map) => `${serviceFrom(map, family)} goto steer${family}`),
      ),
      ...ERROR_RULES,
      ...FAMILIES.map(fragmentRule),
    ],
  };
}

/** With one interface most packets need one rule and no chain; with several, each rule would be tried in vain for all but one. */
function rulesAtOnce({ seed, onDemand = [] }: RulesetOptions, device: string): readonly string[] {
  return [
    ...straightLookups(onDemand, seed).map(({ family, rule }) => `${rule} ${forward(family, device)}`),
    ...FAMILIES.map((family) => establishedAtOnce(family, seed, device)),
  ].map((rule) => `meta pkttype host ${rule}`);
}

function straightRules({ seed, onDemand = [] }: RulesetOptions): readonly string[] {
  return straightLookups(onDemand, seed).map(({ family, rule }) => `${rule} goto straight${family}`);
}
