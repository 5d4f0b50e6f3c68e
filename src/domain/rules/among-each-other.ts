/**
 * Services of one change are each other's surroundings: two of them may be new, and stored nowhere yet. What is looked up in
 * the store is about all others, so that what the change itself takes away is in nobody's way. Pure.
 */
import { portsOf, type VirtualService } from '../virtual-service.js';
import type { Surroundings, TakenAddress } from './surroundings.js';

/** @param found what there is beside them, in their order. */
export function amongEachOther(
  services: readonly VirtualService[],
  found: readonly Surroundings[],
): readonly Surroundings[] {
  if (services.length < 2) return found;
  const byVip = grouped(services, (service) => [service.address]);
  const byHost = grouped(services, (service) => service.realServers.map(({ address }) => address));
  return found.map((surroundings, index) => {
    const service = services[index];
    if (service === undefined) return surroundings;
    const others = (all: readonly VirtualService[] = []) => all.filter((other) => other !== service);
    return {
      ...surroundings,
      sameAddress: [
        ...surroundings.sameAddress,
        ...others(byVip.get(service.address)).filter((other) => overlap(service, other)),
      ],
      otherVips: [
        ...surroundings.otherVips,
        ...service.realServers.flatMap(({ address }) =>
          others(byVip.get(address)).map((other) => taken(address, 'the VIP of', other)),
        ),
      ],
      otherRealServers: [
        ...surroundings.otherRealServers,
        ...others(byHost.get(service.address))
          .slice(0, 1)
          .map((other) => taken(service.address, 'a real server of', other)),
      ],
    };
  });
}

function overlap(a: VirtualService, b: VirtualService): boolean {
  if (a.protocol !== b.protocol) return false;
  return portsOf(a).first <= portsOf(b).last && portsOf(b).first <= portsOf(a).last;
}

function taken(address: string, what: string, { name, id }: VirtualService): TakenAddress {
  return { address, description: `${what} ${name === '' ? id : name}` };
}

function grouped(
  services: readonly VirtualService[],
  keysOf: (service: VirtualService) => readonly string[],
): ReadonlyMap<string, readonly VirtualService[]> {
  const groups = new Map<string, VirtualService[]>();
  for (const service of services) {
    for (const key of new Set(keysOf(service))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [service]);
      else group.push(service);
    }
  }
  return groups;
}
