/**
 * Which documents changes of services may move: their own, and those of the VIPs on their servers' hosts.
 * A new weight or a new name moves no VIP, so the hosts are not even looked at.
 */
import { isDeepStrictEqual } from 'node:util';
import type { RealServer } from '../../domain/real-server.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import type { ChangedVip } from '../delivery/publish/approve-releases.js';
import type { VipOnHost } from '../store/observe-real-servers.js';
import type { SavedChange } from '../store/save-virtual-services.js';

export interface TouchedByChange {
  /** As they shall be. */
  readonly services: readonly VirtualService[];
  /** Ids of those that shall be gone. */
  readonly gone: readonly string[];
  readonly vips: readonly ChangedVip[];
}

export function touchedBy(changes: readonly SavedChange[]): TouchedByChange {
  return {
    services: changes.flatMap(({ after }) => after ?? []),
    gone: changes.flatMap(({ before, after }) => (before !== null && after === null ? before.id : [])),
    vips: changes.flatMap((change) =>
      touchedVips(change).map((vip) => ({ ...vip, revision: change.revision })),
    ),
  };
}

function touchedVips({ before, after }: SavedChange): VipOnHost[] {
  if (before === null || after === null || !sameOnHosts(before, after)) {
    return [...pairsOf(before), ...pairsOf(after)];
  }
  return changedServers(before, after).map(({ address }) => ({ vip: after.address, host: address }));
}

function pairsOf(service: VirtualService | null): VipOnHost[] {
  if (service === null) return [];
  return service.realServers.map(({ address }) => ({ vip: service.address, host: address }));
}

function sameOnHosts(before: VirtualService, after: VirtualService): boolean {
  const fields = ['address', 'port', 'endPort', 'protocol', 'enabled', 'forceL4'] as const;
  return (
    fields.every((field) => before[field] === after[field]) &&
    // Hosts ask for the page that the health check asks for.
    isDeepStrictEqual(before.healthCheck, after.healthCheck)
  );
}

function changedServers(before: VirtualService, after: VirtualService): RealServer[] {
  const isIn = (servers: readonly RealServer[], wanted: RealServer) =>
    servers.some(
      ({ id, address, enabled, forwardingMethod }) =>
        id === wanted.id &&
        address === wanted.address &&
        enabled === wanted.enabled &&
        forwardingMethod === wanted.forwardingMethod,
    );
  return [
    ...before.realServers.filter((server) => !isIn(after.realServers, server)),
    ...after.realServers.filter((server) => !isIn(before.realServers, server)),
  ];
}
