/**
 * What becomes of each host's VIPs: put together from what a change's services had hosts hold, what they would have them
 * hold, and what other services have them hold anyhow. Each VIP of each host is looked at once, for the process does
 * nothing else meanwhile, and there may be 10,000 of either. Pure.
 */
import { vipDocument } from '../../compiler/vip-document.js';
import { knownAddress } from '../../domain/address.js';
import type { HostFacts, VipOnItsWay } from '../../setup/host-plan/foretell-host.js';
import type { Hosted } from './hosted-services.js';

export interface Named {
  /** Of the agent's node; null where none has joined for it. */
  readonly nodeId: string | null;
  /** The node's name, or the address of the real server. */
  readonly name: string;
  readonly addresses: readonly string[];
  readonly hasAgent: boolean;
}

export interface HostOnItsWay extends HostFacts, Pick<Named, 'nodeId' | 'name'> {
  readonly changes: readonly VipOnItsWay[];
}

export interface Found {
  readonly before: readonly Hosted[];
  readonly after: readonly Hosted[];
  /** Of services that do not change, on VIPs that do. */
  readonly rest: readonly Hosted[];
  /** VIPs that do not change, by the name of the host. */
  readonly others: ReadonlyMap<string, readonly string[]>;
}

/** In the order of the hosts, each when it is asked for; those of which no VIP changes are left out. */
export function* hostsOnTheirWay(hosts: readonly Named[], found: Found): Iterable<HostOnItsWay> {
  const before = groupedBy('address', found.before);
  const after = groupedBy('address', found.after);
  const rest = groupedBy('address', found.rest);
  for (const host of hosts) {
    const own = (all: Groups) => host.addresses.flatMap((address) => all.get(address) ?? []);
    const others = found.others.get(host.name) ?? [];
    const one = onItsWay(host, { before: own(before), after: own(after), rest: own(rest), others });
    if (one.changes.length > 0) yield one;
  }
}

type Groups = ReadonlyMap<string, readonly Hosted[]>;

function groupedBy(key: 'address' | 'vip', all: readonly Hosted[]): Groups {
  const groups = new Map<string, Hosted[]>();
  for (const each of all) {
    const group = groups.get(each[key]);
    if (group === undefined) groups.set(each[key], [each]);
    else group.push(each);
  }
  return groups;
}

/** The same, of one host. */
type Own = Omit<Found, 'others'> & { readonly others: readonly string[] };

function onItsWay({ nodeId, name, hasAgent }: Named, { before, after, rest, others }: Own): HostOnItsWay {
  const old = groupedBy('vip', [...rest, ...before]);
  const next = groupedBy('vip', [...rest, ...after]);
  const changing = new Set([...before, ...after].map(({ vip }) => vip));
  const changes = [...changing].map((vip) => ({
    before: documentOf(vip, old.get(vip) ?? []),
    after: documentOf(vip, next.get(vip) ?? []),
  }));
  const staying = rest.flatMap(({ vip }) => (changing.has(vip) ? [] : [vip]));
  return {
    nodeId,
    name,
    hasAgent,
    others: [...new Set([...others, ...staying])],
    changes: changes.filter(changesAnything),
  };
}

function documentOf(vip: string, here: readonly Hosted[]): VipOnItsWay['before'] {
  return vipDocument(
    knownAddress(vip),
    here.map(({ service }) => service),
  );
}

function changesAnything({ before, after }: VipOnItsWay): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}
