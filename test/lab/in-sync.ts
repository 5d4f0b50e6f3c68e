/** Waits until the API says that a change is in force, as a portal would. */
import type { ApiClient, RealServer, Status, VirtualService } from './api-client.js';
import { until } from '../support/until.js';

const LIMIT_MS = 15_000;

export interface Wanted {
  /** At least this revision is in force on every node. */
  readonly revision: number;
  /** Also that all that is enabled gets packets. */
  readonly online: boolean;
}

export function untilInSync(api: ApiClient, id: string, wanted: Wanted): Promise<VirtualService> {
  return until({
    what: wanted.online ? 'in-sync and online' : `revision ${wanted.revision} in-sync`,
    limitMs: LIMIT_MS,
    look: async () => {
      const service = await api.get<VirtualService>(`/v1/virtual-services/${id}`);
      return isInSync(service.status, wanted) ? { found: service } : { missing: whatIsMissing(service) };
    },
  });
}

function isInSync(status: Status, { revision, online }: Wanted): boolean {
  const inForce = status.provisioning === 'in-sync' && (status.observedRevision ?? -1) >= revision;
  return inForce && (!online || status.operating === 'online');
}

function whatIsMissing(service: VirtualService): string {
  const { provisioning, operating, observedRevision } = service.status;
  const own = `${service.name} is ${provisioning} and ${operating}, with revision ${observedRevision} in force`;
  return [own, ...unmet(service.name, service.status), ...service.realServers.flatMap(unmetOf)].join(
    '\n      ',
  );
}

function unmetOf(server: RealServer): readonly string[] {
  return unmet(server.address, server.status);
}

function unmet(name: string, status: Status): readonly string[] {
  return status.conditions
    .filter((condition) => condition.status !== 'True')
    .map(({ type, status: is, reason, message }) => `${name}: ${type} is ${is} (${reason}): ${message}`);
}
