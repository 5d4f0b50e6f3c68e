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
  const met = meetings(services);
  return found.map((surroundings, index) => {
    const service = services[index];
    if (service === undefined) return surroundings;
    const another = (all: readonly VirtualService[] = []) => all.find((other) => other !== service);
    const inTheWay = met.get(service);
    const asHost = another(byHost.get(service.address));
    return {
      ...surroundings,
      sameAddress: [...surroundings.sameAddress, ...(inTheWay === undefined ? [] : [inTheWay])],
      otherVips: [
        ...surroundings.otherVips,
        ...service.realServers.flatMap(({ address }) => {
          const vip = another(byVip.get(address));
          return vip === undefined ? [] : [taken(address, 'the VIP of', vip)];
        }),
      ],
      otherRealServers: [
        ...surroundings.otherRealServers,
        ...(asHost === undefined ? [] : [taken(service.address, 'a real server of', asHost)]),
      ],
    };
  });
}

/**
 * For each service that overlaps with others, one of them. All pairs would be fifty million where ten thousand services are
 * one and the same.
 */
function meetings(services: readonly VirtualService[]): ReadonlyMap<VirtualService, VirtualService> {
  const met = new Map<VirtualService, VirtualService>();
  for (const group of grouped(services, ({ address, protocol }) => [`${protocol} ${address}`]).values()) {
    let furthest: VirtualService | undefined;
    for (const service of [...group].sort((a, b) => a.port - b.port)) {
      if (furthest !== undefined && portsOf(furthest).last >= service.port) {
        met.set(service, furthest);
        // Who overlaps with anybody that follows, does so with the next, or has met one before.
        if (!met.has(furthest)) met.set(furthest, service);
      }
      if (furthest === undefined || portsOf(service).last > portsOf(furthest).last) furthest = service;
    }
  }
  return met;
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
