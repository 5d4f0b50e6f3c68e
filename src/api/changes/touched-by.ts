/**
 * Which documents a change of a service may move: its own, and those of the VIPs on its servers' hosts.
 * A new weight or a new name moves no VIP, so the hosts are not even looked at.
 */
import { isDeepStrictEqual } from 'node:util';
import type { RealServer } from '../../domain/real-server.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import type { Touched } from '../delivery/publish/publish-documents.js';
import type { VipOnHost } from '../store/observe-real-servers.js';

export function touchedBy(before: VirtualService | null, after: VirtualService | null): Touched {
  const id = (after ?? before)?.id;
  return {
    serviceIds: id === undefined ? [] : [id],
    known: after === null ? [] : [after],
    vips:
      before !== null && after !== null && sameOnHosts(before, after)
        ? changedServers(before, after).map(({ address }) => ({ vip: after.address, host: address }))
        : [...pairsOf(before), ...pairsOf(after)],
  };
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
