/** Loads what the compiler needs to know about services, and compiles the directors' document of each. */
import type { EntityManager } from 'typeorm';
import { serviceDocument } from '../../../compiler/service-document.js';
import { admission } from '../../../domain/admission.js';
import type { ServerObservation, SilenceObservation } from '../../../domain/status.js';
import type { VirtualService } from '../../../domain/virtual-service.js';
import { loadVirtualServices } from '../../store/load-virtual-services.js';
import { observeHosts, pairKey, type HostObservation } from '../../store/observe-real-servers.js';
import { observeSilence } from '../../store/observe-silence.js';
import { readDrains, type DrainsByService } from './read-drains.js';
import { DIRECTORS_SCOPE, type Compiled } from './write-documents.js';

/** A host that no agent has joined for. */
const NOTHING_OBSERVED: Pick<ServerObservation, 'agent' | 'vipDocument' | 'fact' | 'namedFor' | 'draining'> =
  { agent: null, vipDocument: null, fact: null, namedFor: [], draining: false };

/** Services that are known, so that they need not be read again: as they are stored, or as a change is about to store them. */
export interface KnownServices {
  readonly services: readonly VirtualService[];
  /** Their drains as they are, or as the change leaves them. */
  readonly drains?: Promise<DrainsByService>;
}

export async function compileServices(
  manager: EntityManager,
  serviceIds: readonly string[],
  known: KnownServices = { services: [] },
): Promise<Compiled[]> {
  if (serviceIds.length === 0) return [];
  const knownIds = new Set(known.services.map(({ id }) => id));
  const others = serviceIds.filter((id) => !knownIds.has(id));
  const services = [...known.services, ...(await loadVirtualServices(manager, others))];
  const pairs = services.flatMap((service) =>
    service.realServers.map(({ address }) => ({ vip: service.address, host: address })),
  );
  const [hosts, silence, drains] = await Promise.all([
    observeHosts(manager, pairs, serviceIds),
    observeSilence(manager, services),
    known.drains ?? storedDrains(manager, serviceIds),
  ]);
  const byId = new Map(services.map((service) => [service.id, service]));
  return serviceIds.map((id) => {
    const service = byId.get(id);
    const all = drains.get(id) ?? [];
    const body =
      service === undefined
        ? null
        : serviceDocument(
            service,
            admittedServers(service, { hosts, silence }, drains),
            all.flatMap(({ number, address, isOn }) => (isOn ? [{ number, address }] : [])),
          );
    return { scope: DIRECTORS_SCOPE, key: id, body };
  });
}

async function storedDrains(manager: EntityManager, serviceIds: readonly string[]): Promise<DrainsByService> {
  return (await readDrains(manager, serviceIds)).drains;
}

interface Observed {
  readonly hosts: ReadonlyMap<string, HostObservation>;
  readonly silence: ReadonlyMap<number, SilenceObservation>;
}

function admittedServers(
  service: VirtualService,
  observed: Observed,
  drains: DrainsByService,
): ReadonlySet<number> {
  const admitted = service.realServers.filter((server) => {
    const host = observed.hosts.get(pairKey({ vip: service.address, host: server.address }));
    const silence = observed.silence.get(server.number) ?? null;
    const proof = { ...NOTHING_OBSERVED, ...host, silence };
    // A drain names a server too: such a name lets nobody in.
    const isDrain = (id: string) =>
      drains.get(id)?.some(({ address }) => address === server.address) === true;
    const namedFor = proof.namedFor.filter((id) => !isDrain(id));
    return admission(service, server, { ...proof, namedFor }).admitted;
  });
  return new Set(admitted.map(({ number }) => number));
}
