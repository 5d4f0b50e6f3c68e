/**
 * Says whether the host's firewall lets packets of a service in, as far as its rules can be understood. A connection
 * from the host to itself would prove nothing: it comes in by lo, which firewalls let through.
 * `True` and `False` are said only of what holds for every client; all else is `Unknown`. Pure.
 */
import type { ReportedVerdict } from '../../../contract/report.js';
import { isIpv6 } from '../../../contract/canonical-address.js';
import type { IncomingPacket } from './match-packet.js';
import type { Chain, Ruleset } from './ruleset.js';
import { walkBaseChain, type Fate } from './walk-ruleset.js';

/** Why the rules are not known, in a sentence that tells what to do about it. */
export interface Unreadable {
  readonly unreadable: string;
}

export interface FirewallView {
  readonly ruleset: Ruleset | Unreadable;
  /** Tables of iptables-legacy are loaded, which nft does not list. */
  readonly legacy: boolean;
  /** Interfaces whose strict reverse path filter drops what is answered by another interface. */
  readonly strictElsewhere: readonly string[];
  /** Every interface but loopback. */
  readonly interfaces: readonly string[];
}

/** Hooks on the way in. */
const HOOKS: ReadonlySet<string> = new Set(['ingress', 'prerouting', 'input']);
/** Families whose chains see some of the packets only. */
const PARTIAL: ReadonlySet<string> = new Set(['netdev', 'bridge']);

/** A chain of one bridge or interface sees only what comes in there; `ingress` is bound to an interface in any family. */
function isPartial({ family, hook }: Chain): boolean {
  return PARTIAL.has(family) || hook === 'ingress';
}

export function judgeFirewall(
  service: Omit<IncomingPacket, 'interfaces'>,
  { ruleset, legacy, strictElsewhere, interfaces }: FirewallView,
): ReportedVerdict {
  if ('unreadable' in ruleset) return unknown('NotReadable', ruleset.unreadable);
  const packet = { ...service, interfaces };
  const chains = [...ruleset.values()].filter((chain) => concerns(chain, packet));
  const fates = chains.map((chain) => fateIn(chain, ruleset, packet));
  const fatal = fates.find(({ accepted, droppedBy }) => !accepted && droppedBy !== undefined);
  if (fatal !== undefined) return deniedBy(fatal.droppedBy ?? '', packet);
  const doubt = fates.find(({ droppedBy }) => droppedBy !== undefined);
  if (doubt !== undefined) return doubtful(doubt.droppedBy ?? '');
  if (legacy) return unknown('LegacyTables', LEGACY);
  if (strictElsewhere.length > 0 && !isIpv6(packet.vip)) return reversePath(strictElsewhere);
  const message = chains.length === 0 ? 'No rule looks at incoming packets.' : 'The rules accept it.';
  return { status: 'True', reason: chains.length === 0 ? 'NoRules' : 'Accepted', message };
}

function concerns({ hook, family }: Chain, { vip }: IncomingPacket): boolean {
  if (hook === undefined || !HOOKS.has(hook)) return false;
  return family === 'inet' || PARTIAL.has(family) || family === (isIpv6(vip) ? 'ip6' : 'ip');
}

function fateIn(chain: Chain, ruleset: Ruleset, packet: IncomingPacket): Fate {
  const fate = walkBaseChain(chain, ruleset, packet);
  return isPartial(chain) ? { ...fate, accepted: true } : fate;
}

const LEGACY =
  'The host has tables of iptables-legacy, which nft does not show. See with `iptables-legacy -S` that they accept the service.';

function deniedBy(place: string, { vip, protocol, port, endPort }: IncomingPacket): ReportedVerdict {
  const ports = port === endPort ? `${port}` : `${port}-${endPort}`;
  const rule = `${isIpv6(vip) ? 'ip6' : 'ip'} daddr ${vip} ${protocol} dport ${ports} accept`;
  const message = `By ${place} the firewall drops it. Put before that: ${rule}`;
  return { status: 'False', reason: 'Dropped', message };
}

function doubtful(place: string): ReportedVerdict {
  return unknown(
    'DependsOnMore',
    `By ${place} the firewall drops some packets; which ones depends on more than the host can tell.`,
  );
}

const NAMED = 3;

/** Neither their order nor their number is told: interfaces of containers come and go, and the message shall not. */
function reversePath(names: readonly string[]): ReportedVerdict {
  const named = names.toSorted().slice(0, NAMED).join(', ');
  const message =
    `rp_filter is 1 on ${names.length > NAMED ? `${named} and others` : named}, and the default route leaves by another interface: packets of clients ` +
    'that come in there are dropped. If the director is on that segment, set net.ipv4.conf.<interface>.rp_filter to 2.';
  return unknown('ReversePathFilter', message);
}

function unknown(reason: string, message: string): ReportedVerdict {
  return { status: 'Unknown', reason, message };
}
