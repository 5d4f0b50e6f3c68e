/** Loads what the compiler needs to know about services, and compiles the directors' document of each. */
import type { EntityManager } from 'typeorm';
import { serviceDocument, type Drain } from '../../../compiler/service-document.js';
import { admission } from '../../../domain/admission.js';
import type { SilenceObservation } from '../../../domain/status.js';
import type { VirtualService } from '../../../domain/virtual-service.js';
import { loadVirtualServices } from '../../store/load-virtual-services.js';
import { observeHosts, pairKey, type HostObservation } from '../../store/observe-real-servers.js';
import { observeSilence } from '../../store/observe-silence.js';
import { DIRECTORS_SCOPE, type Compiled } from './write-documents.js';

/** A host that no agent has joined for. */
const NOTHING_OBSERVED = { agent: null, vipDocument: null, fact: null, namedFor: [], draining: false };

export async function compileServices(
  manager: EntityManager,
  serviceIds: readonly string[],
  known: readonly VirtualService[] = [],
): Promise<Compiled[]> {
  if (serviceIds.length === 0) return [];
  const knownIds = new Set(known.map(({ id }) => id));
  const others = serviceIds.filter((id) => !knownIds.has(id));
  const services = [...known, ...(await loadVirtualServices(manager, others))];
  const pairs = services.flatMap((service) =>
    service.realServers.map(({ address }) => ({ vip: service.address, host: address })),
  );
  const [hosts, silence, drains] = await Promise.all([
    observeHosts(manager, pairs),
    observeSilence(manager, services),
    loadDrains(manager, serviceIds),
  ]);
  const byId = new Map(services.map((service) => [service.id, service]));
  return serviceIds.map((id) => {
    const service = byId.get(id);
    const body =
      service === undefined
        ? null
        : serviceDocument(service, admittedServers(service, { hosts, silence }), drains.get(id) ?? []);
    return { scope: DIRECTORS_SCOPE, key: id, body };
  });
}

interface Observed {
  readonly hosts: ReadonlyMap<string, HostObservation>;
  readonly silence: ReadonlyMap<number, SilenceObservation>;
}

function admittedServers(service: VirtualService, observed: Observed): ReadonlySet<number> {
  const admitted = service.realServers.filter((server) => {
    const host = observed.hosts.get(pairKey({ vip: service.address, host: server.address }));
    const silence = observed.silence.get(server.number) ?? null;
    return admission(service, server, { ...NOTHING_OBSERVED, ...host, silence }).admitted;
  });
  return new Set(admitted.map(({ number }) => number));
}

/** One that is over names nobody any more, whether or not somebody has cleared it away. */
async function loadDrains(
  manager: EntityManager,
  serviceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Drain[]>> {
  const rows: { serviceId: string; number: number; address: string }[] = await manager.query(
    `SELECT virtual_service_id AS "serviceId", server_number AS number, host(address) AS address FROM drain
     WHERE virtual_service_id = ANY ($1) AND until > now()`,
    [serviceIds],
  );
  const byService = new Map<string, Drain[]>(rows.map(({ serviceId }) => [serviceId, []]));
  for (const { serviceId, number, address } of rows) byService.get(serviceId)?.push({ number, address });
  return byService;
}
