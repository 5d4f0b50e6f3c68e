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
import { agentProvisioning, gravest } from './server-status.js';
import { servingServers, type Observed, type Serving } from './serving-servers.js';
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

/** Of one that nobody has said anything about. */
export const UNKNOWN_SERVER: ServerObservation = {
  agent: null,
  vipDocument: null,
  fact: null,
  host: null,
  fault: null,
  silence: null,
  health: [],
  namedFor: [],
  namedByDirectors: false,
  draining: false,
  drainingFlows: null,
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
  const { expected, serving, well, backups, kept } = servingServers(service, observed);
  if (serving + backups.length === 0) return 'offline';
  const allWell = well === expected && backups.length + kept.length === 0;
  return allWell && directorsState(observation) === 'in-force' ? 'online' : 'degraded';
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
  const serving = servingServers(service, observed);
  if (!serving.possible) return { type, status: 'False', reason: 'NoRealServer', message: NO_SERVER };
  const counted = `${serving.serving} of ${serving.expected} real servers take new connections.`;
  const { reason, more } = forwardingReason(service, serving);
  const message = more === undefined ? counted : `${counted} ${more}`;
  return { type, status: reason === 'NoneServing' ? 'False' : 'True', reason, message };
}

function forwardingReason(
  { minHealthy }: VirtualService,
  { expected, serving, backups, kept }: Serving,
): { readonly reason: string; readonly more?: string } {
  if (kept.length > 0) return { reason: 'KeptByPanicGuard', more: `${kept.join(', ')}: ${IN_PANIC}` };
  if (backups.length > 0) {
    const more = `As fewer than ${minHealthy} are healthy, the backups do too: ${backups.join(', ')}.`;
    return { reason: 'OnBackups', more };
  }
  if (serving === 0) return { reason: 'NoneServing' };
  return { reason: serving === expected ? 'AllServing' : 'SomeServing' };
}

const IN_PANIC =
  'does not answer on the VIP and gets packets all the same, for more than half of the servers fell at once. That is ' +
  'rather the fault of the check or of the network than theirs: see the condition HealthViaVip of each.';

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
