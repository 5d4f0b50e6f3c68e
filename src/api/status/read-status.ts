/**
 * Reads how virtual services are: a handful of statements for a whole page of them, put together by the domain.
 * Nothing is remembered here: what is shown is what the nodes last said, as of `now`, which says who is away.
 */
import type { EntityManager } from 'typeorm';
import type { RealServer } from '../../domain/real-server.js';
import { serverStatus } from '../../domain/server-status.js';
import { serviceStatus } from '../../domain/service-status.js';
import type {
  HealthFinding,
  ObservedHost,
  ServerObservation,
  ServiceObservation,
  SilenceObservation,
  Status,
} from '../../domain/status.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { observeHosts, pairKey, type HostObservation } from '../store/observe-real-servers.js';
import { observeHealth } from '../store/observe-health.js';
import { observeSilence } from '../store/observe-silence.js';
import { readHosts } from './read-hosts.js';
import { observeServices, type ObservedService } from './observe-services.js';

export interface ServerWithStatus {
  readonly server: RealServer;
  readonly status: Status;
}

export interface ServiceWithStatus {
  readonly service: VirtualService;
  readonly status: Status;
  readonly servers: readonly ServerWithStatus[];
}

/** A service with all that is known about it and its real servers, by their number. */
export interface ObservedWhole {
  readonly service: VirtualService;
  readonly observation: ServiceObservation;
  readonly servers: ReadonlyMap<number, ServerObservation>;
}

export async function readStatus(
  manager: EntityManager,
  services: readonly VirtualService[],
  now = Date.now(),
): Promise<ServiceWithStatus[]> {
  return (await readObservations(manager, services, now)).map(withStatus);
}

export async function readObservations(
  manager: EntityManager,
  services: readonly VirtualService[],
  now = Date.now(),
): Promise<ObservedWhole[]> {
  const pairs = services.flatMap((service) =>
    service.realServers.map(({ address }) => ({ vip: service.address, host: address })),
  );
  const [vips, hosts, silence, health, observed] = await Promise.all([
    observeHosts(manager, pairs, [], now),
    readHosts(
      manager,
      pairs.map(({ host }) => host),
    ),
    observeSilence(manager, services, now),
    observeHealth(manager, services, now),
    observeServices(
      manager,
      services.map(({ id }) => id),
      now,
    ),
  ]);
  return services.map((service) =>
    observedWhole(service, observed(service.id), { vips, hosts, silence, health }),
  );
}

/** What is known of hosts, and of VIPs on them. */
interface Seen {
  readonly vips: ReadonlyMap<string, HostObservation>;
  readonly hosts: ReadonlyMap<string, ObservedHost>;
  readonly silence: ReadonlyMap<number, SilenceObservation>;
  readonly health: ReadonlyMap<number, readonly HealthFinding[]>;
}

function observedWhole(
  service: VirtualService,
  { observation, named, draining }: ObservedService,
  { vips, hosts, silence, health }: Seen,
): ObservedWhole {
  const servers = new Map(
    service.realServers.map(({ number, address }) => [
      number,
      {
        ...serverObservation(
          vips.get(pairKey({ vip: service.address, host: address })),
          hosts.get(address),
          named.has(number),
          draining.has(number),
        ),
        drainingFlows: draining.get(number) ?? null,
        silence: silence.get(number) ?? null,
        health: health.get(number) ?? [],
      },
    ]),
  );
  return { service, observation, servers };
}

function withStatus({ service, observation, servers }: ObservedWhole): ServiceWithStatus {
  return {
    service,
    status: serviceStatus(service, observation, servers),
    servers: service.realServers.map((server) => ({
      server,
      status: serverStatus(service, server, servers.get(server.number) ?? UNSEEN, observation),
    })),
  };
}

const UNSEEN = serverObservation(undefined, undefined, false, false);

function serverObservation(
  vip: HostObservation | undefined,
  host: ObservedHost | undefined,
  namedByDirectors: boolean,
  draining: boolean,
): ServerObservation {
  const {
    agent = null,
    vipDocument = null,
    fact = null,
    fault = null,
    namedFor = [],
    changedAt = null,
  } = vip ?? {};
  const ofAgent = { agent, vipDocument, fact, host: host ?? null, fault, namedFor, changedAt };
  return { ...ofAgent, silence: null, health: [], namedByDirectors, draining, drainingFlows: null };
}
