/**
 * Derives what the API shows of one real server from what its agent and the directors reported.
 * It must never say `in-sync` or `online` of what no node has confirmed.
 */
import { admission, isWanted } from './admission.js';
import { admittedSince } from './admitted-since.js';
import {
  directorsProvisioning,
  directorsState,
  observedRevision,
  type DirectorsState,
} from './directors-in-force.js';
import { healthUse, healthViaVip, type HealthUse } from './health-via-vip.js';
import { networkConditions } from './network-conditions.js';
import { proofConditions } from './proof-conditions.js';
import type { RealServer } from './real-server.js';
import { isForwardedTo } from './serving-servers.js';
import { staleVerdict } from './stale-verdict.js';
import type {
  Condition,
  DirectorObservation,
  Operating,
  Provisioning,
  ServerObservation,
  ServiceObservation,
  Status,
} from './status.js';
import { unmanagedConditions } from './unmanaged-server.js';
import type { VirtualService } from './virtual-service.js';

interface Verdict extends Pick<Condition, 'type' | 'status' | 'reason' | 'message'> {
  /** Null: nobody noted when it became so. */
  readonly since: Date | null;
}

export function serverStatus(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
  onDirectors: ServiceObservation,
): Status {
  const provisioning = gravest(
    agentProvisioning(service, server, observation),
    directorsProvisioning(onDirectors),
  );
  const revision = observedRevision(provisioning, service, onDirectors);
  const operating = serverOperating(service, server, observation, directorsState(onDirectors));
  const verdicts = server.managed
    ? serverVerdicts(service, server, observation, onDirectors.directors)
    : unmanagedVerdicts(service, server, observation);
  const conditions = verdicts.map(({ since, ...said }) => ({
    ...said,
    observedRevision: revision,
    lastTransitionAt: since,
  }));
  return { provisioning, operating, observedRevision: revision, conditions };
}

/** How far the agent is with the VIP, whatever the directors do. */
export function agentProvisioning(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
): Provisioning {
  if (!server.managed) return unmanagedProvisioning(service, server, observation);
  const { agent, vipDocument, fact, fault } = observation;
  if (fault !== null) return 'failed';
  if (vipDocument === null) return isWanted(service, server) ? 'pending' : 'in-sync';
  const confirmed = (agent?.positionVersion ?? -1) >= vipDocument.version;
  return confirmed && fact !== null && fact.bound && fact.silent ? 'in-sync' : 'pending';
}

function unmanagedProvisioning(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
): Provisioning {
  const isDone = !isWanted(service, server) || admission(service, server, observation).admitted;
  return isDone ? 'in-sync' : 'pending';
}

const GRAVEST_FIRST: readonly Provisioning[] = ['failed', 'pending', 'in-sync'];

/** The gravest of several: one that failed fails the whole. */
export function gravest(...parts: readonly Provisioning[]): Provisioning {
  return GRAVEST_FIRST.find((provisioning) => parts.includes(provisioning)) ?? 'in-sync';
}

function serverOperating(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
  directors: DirectorsState,
): Operating {
  if (!service.enabled || !server.enabled) return 'disabled';
  const use = healthUse(service, observation.health);
  if (!isForwardedTo(service, server, observation) || use === 'out') return 'offline';
  return directors === 'in-force' && isReady(use) ? 'online' : 'degraded';
}

/** A backup that answers and is not needed is as it should be. */
function isReady(use: HealthUse): boolean {
  return use === 'in-use' || use === 'standing-by';
}

function serverVerdicts(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
  directors: readonly DirectorObservation[],
): readonly Verdict[] {
  return [
    agentReachable(observation),
    ...proofConditions(service, observation),
    ...networkVerdicts(server, observation, directors),
    ...trafficVerdicts(service, server, observation),
  ];
}

/** They are derived from the reports of both ends as they are now, and nobody notes when they change. */
function networkVerdicts(
  server: RealServer,
  { agent, host }: ServerObservation,
  directors: readonly DirectorObservation[],
): readonly Verdict[] {
  const found = networkConditions(server, host?.network ?? null, directors);
  return host === null || agent === null || agent.connected
    ? found.map((verdict) => ({ ...verdict, since: null }))
    : found.map((verdict) => ({ type: verdict.type, ...staleVerdict(verdict, agent) }));
}

function unmanagedVerdicts(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
): readonly Verdict[] {
  const conditions = unmanagedConditions(service, server, observation.silence);
  return [...conditions, ...trafficVerdicts(service, server, observation)];
}

/**
 * An agent that is away takes nothing offline: its host holds the VIP as it did when the agent was last heard. Since
 * when one reports without a break is not known.
 */
function agentReachable({ agent }: ServerObservation): Verdict {
  const type = 'AgentReachable';
  if (agent === null) return { type, status: 'Unknown', ...NO_AGENT, since: null };
  if (agent.connected) {
    return { type, status: 'True', reason: 'Connected', message: `${agent.name} reports.`, since: null };
  }
  if (agent.leaving) {
    const message = `${agent.name} was taken off its host.`;
    return { type, status: 'False', reason: 'AgentLeft', message, since: agent.lastSeenAt };
  }
  const message =
    `${agent.name} is away. What is shown of the VIP is what it said last, and changes at this host wait for it. ` +
    'See whether `homeward agent` runs there and reaches the API.';
  return { type, status: 'False', reason: 'AgentAway', message, since: agent.lastSeenAt };
}

/** What the directors find on the VIP, and whether they send packets there at all. */
function trafficVerdicts(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
): readonly Verdict[] {
  const verdict = admission(service, server, observation);
  const { admitted, reason, message } = verdict;
  const since = admittedSince(service, server, observation, verdict);
  return [
    healthViaVip(service, observation.health, admitted),
    { type: 'Admitted', status: admitted ? 'True' : 'False', reason, message, since },
  ];
}

const NO_AGENT = { reason: 'NoAgent', message: 'No agent has joined for this address.' };
