/**
 * Derives what the API shows of one virtual service from what directors and agents reported.
 * `in-sync`: every node concerned confirmed the newest document without fault. `online`: in force on every director,
 * and every enabled server gets its share. It must never say either of what no node has confirmed.
 */
import {
  awayDirectors,
  directorsObstacle,
  directorsProvisioning,
  directorsState,
  observedRevision,
} from './directors-in-force.js';
import type { RealServer } from './real-server.js';
import { agentProvisioning, gravest, isServing } from './server-status.js';
import type {
  Condition,
  Operating,
  Provisioning,
  ServerObservation,
  ServiceObservation,
  Status,
} from './status.js';
import type { VirtualService } from './virtual-service.js';

interface Verdict extends Pick<Condition, 'type' | 'status' | 'reason' | 'message'> {
  /** Left out: nobody noted when it became so. */
  readonly since?: Date | null;
}

/** A real server with what is known about it. */
interface Observed {
  readonly server: RealServer;
  readonly observation: ServerObservation;
}

const UNKNOWN_SERVER: ServerObservation = {
  agent: null,
  vipDocument: null,
  fact: null,
  host: null,
  fault: null,
  silence: null,
  namedFor: [],
  namedByDirectors: false,
  draining: false,
  changedAt: null,
};

/** `servers` holds what is known about the real servers, by their number. */
export function serviceStatus(
  service: VirtualService,
  observation: ServiceObservation,
  servers: ReadonlyMap<number, ServerObservation>,
): Status {
  const observed = service.realServers.map((server) => ({
    server,
    observation: servers.get(server.number) ?? UNKNOWN_SERVER,
  }));
  const provisioning = serviceProvisioning(service, observation, observed);
  const revision = observedRevision(provisioning, service, observation);
  const verdicts = [
    inForce(service, observation, observed),
    forwarding(service, observed),
    directorsReachable(observation),
  ];
  return {
    provisioning,
    operating: serviceOperating(service, observation, observed),
    observedRevision: revision,
    conditions: verdicts.map(({ since = null, ...said }) => ({
      ...said,
      observedRevision: revision,
      lastTransitionAt: since,
    })),
  };
}

function serviceProvisioning(
  service: VirtualService,
  observation: ServiceObservation,
  observed: readonly Observed[],
): Provisioning {
  const enabled = observed.filter(({ server }) => server.enabled);
  const agents = enabled.map((one) => agentProvisioning(service, one.server, one.observation));
  return gravest(directorsProvisioning(observation), ...agents);
}

function serviceOperating(
  service: VirtualService,
  observation: ServiceObservation,
  observed: readonly Observed[],
): Operating {
  if (!service.enabled) return 'disabled';
  const { expected, serving } = shares(service, observed);
  if (serving === 0) return 'offline';
  return serving === expected && directorsState(observation) === 'in-force' ? 'online' : 'degraded';
}

/** Servers that shall get new flows, and those of them that do. Weight 0 takes none and is not missed. */
function shares(
  service: VirtualService,
  observed: readonly Observed[],
): { expected: number; serving: number } {
  const expected = observed.filter(({ server }) => server.enabled && server.weight > 0);
  const serving = expected.filter((one) => isServing(service, one.server, one.observation));
  return { expected: expected.length, serving: serving.length };
}

function inForce(
  service: VirtualService,
  observation: ServiceObservation,
  observed: readonly Observed[],
): Verdict {
  const type = 'InForce';
  const obstacle = directorsObstacle(observation) ?? agentsObstacle(service, observed);
  const since = obstacle?.reason === 'DirectorFault' ? observation.changedAt : null;
  if (obstacle !== null) return { type, ...obstacle, since };
  return {
    type,
    status: 'True',
    reason: 'Confirmed',
    message: 'All nodes have confirmed the newest document.',
  };
}

function agentsObstacle(
  service: VirtualService,
  observed: readonly Observed[],
): Omit<Verdict, 'type'> | null {
  const enabled = observed.filter(({ server }) => server.enabled);
  const states = enabled.map((one) => ({
    address: one.server.address,
    fault: one.observation.fault,
    state: agentProvisioning(service, one.server, one.observation),
  }));
  const failed = states.flatMap(({ address, fault }) =>
    fault === null ? [] : [`${address}: ${fault.message}`],
  );
  if (failed.length > 0) return { status: 'False', reason: 'RealServerFault', message: failed.join('; ') };
  const behind = states.filter(({ state }) => state === 'pending').map(({ address }) => address);
  if (behind.length === 0) return null;
  return { status: 'False', reason: 'RealServersBehind', message: `Waiting for ${behind.join(', ')}.` };
}

function forwarding(service: VirtualService, observed: readonly Observed[]): Verdict {
  const type = 'Forwarding';
  if (!service.enabled) {
    return { type, status: 'False', reason: 'Disabled', message: 'The virtual service is disabled.' };
  }
  const { expected, serving } = shares(service, observed);
  const message = `${serving} of ${expected} real servers take new connections.`;
  if (expected === 0) return { type, status: 'False', reason: 'NoRealServer', message: NO_SERVER };
  if (serving === 0) return { type, status: 'False', reason: 'NoneServing', message };
  return { type, status: 'True', reason: serving === expected ? 'AllServing' : 'SomeServing', message };
}

const NO_SERVER = 'No real server is enabled with a weight above 0. Add one, or enable one.';

function directorsReachable(observation: ServiceObservation): Verdict {
  const type = 'DirectorsReachable';
  const away = awayDirectors(observation);
  if (observation.directors.length === 0) {
    return { type, status: 'False', reason: 'NoDirector', message: 'No director has joined.' };
  }
  if (away.length === 0) {
    return { type, status: 'True', reason: 'AllConnected', message: 'All directors are connected.' };
  }
  const message = `Away, and forwarding from the last known good: ${away.join(', ')}.`;
  return { type, status: 'False', reason: 'DirectorAway', message, since: firstAway(observation) };
}

/** When the first of those that are away was heard last. */
function firstAway({ directors }: ServiceObservation): Date | null {
  const times = directors.flatMap(({ connected, lastSeenAt }) =>
    connected || lastSeenAt === null ? [] : [lastSeenAt.getTime()],
  );
  return times.length === 0 ? null : new Date(Math.min(...times));
}
