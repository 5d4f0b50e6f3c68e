/**
 * Derives what the API shows of one real server from what its agent and the directors reported.
 * It must never say `in-sync` or `online` of what no node has confirmed.
 */
import { admission, hasReported, isWanted, type Admission } from './admission.js';
import {
  directorsProvisioning,
  directorsState,
  observedRevision,
  type DirectorsState,
} from './directors-in-force.js';
import type { RealServer } from './real-server.js';
import type {
  Condition,
  Operating,
  Provisioning,
  ServerObservation,
  ServiceObservation,
  Status,
} from './status.js';
import type { VirtualService } from './virtual-service.js';

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

export function serverStatus(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
  onDirectors: ServiceObservation,
): Status {
  const verdict = admission(service, server, observation);
  const provisioning = gravest(
    agentProvisioning(service, server, observation),
    directorsProvisioning(onDirectors),
  );
  const revision = observedRevision(provisioning, service, onDirectors);
  const operating = serverOperating(service, server, observation, verdict, directorsState(onDirectors));
  const stamp = { observedRevision: revision, lastTransitionAt: observation.changedAt };
  const conditions = serverVerdicts(observation, verdict).map((condition) => ({ ...condition, ...stamp }));
  return { provisioning, operating, observedRevision: revision, conditions };
}

/** How far the agent is with the VIP, whatever the directors do. */
export function agentProvisioning(
  service: VirtualService,
  server: RealServer,
  { agent, vipDocument, fact, fault }: ServerObservation,
): Provisioning {
  if (fault !== null) return 'failed';
  if (vipDocument === null) return isWanted(service, server) ? 'pending' : 'in-sync';
  const confirmed = (agent?.positionVersion ?? -1) >= vipDocument.version;
  return confirmed && fact !== null && fact.bound && fact.silent ? 'in-sync' : 'pending';
}

/** Proved on its host, and named by a director's document that is in force. */
export function isServing(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
): boolean {
  return observation.namedByDirectors && admission(service, server, observation).admitted;
}

const GRAVEST_FIRST: readonly Provisioning[] = ['failed', 'pending', 'in-sync'];

/** The gravest of several: one that failed fails the whole. */
export function gravest(...parts: readonly Provisioning[]): Provisioning {
  return GRAVEST_FIRST.find((provisioning) => parts.includes(provisioning)) ?? 'in-sync';
}

function serverOperating(
  service: VirtualService,
  server: RealServer,
  { namedByDirectors }: ServerObservation,
  { admitted }: Admission,
  directors: DirectorsState,
): Operating {
  if (!service.enabled || !server.enabled) return 'disabled';
  if (!admitted || !namedByDirectors) return 'offline';
  return directors === 'in-force' ? 'online' : 'degraded';
}

function serverVerdicts(observation: ServerObservation, verdict: Admission): readonly Verdict[] {
  return [
    agentReachable(observation),
    proofVerdict(observation, 'VipBound', 'bound', 'The VIP is on loopback.'),
    proofVerdict(
      observation,
      'ArpSilent',
      'silent',
      'The host neither answers nor announces ARP for the VIP.',
    ),
    HEALTH_NOT_CHECKED,
    admittedVerdict(verdict),
  ];
}

/** An agent that is away takes nothing offline: its host holds the VIP as it did when the agent was last heard. */
function agentReachable({ agent }: ServerObservation): Verdict {
  const type = 'AgentReachable';
  if (agent === null) return { type, status: 'Unknown', ...NO_AGENT };
  if (agent.connected) {
    return { type, status: 'True', reason: 'Connected', message: `${agent.name} reports.` };
  }
  const message =
    `${agent.name} is away. What is shown of the VIP is what it said last, and changes at this host wait for it. ` +
    'See whether `homeward agent` runs there and reaches the API.';
  return { type, status: 'False', reason: 'AgentAway', message };
}

const HEALTH_NOT_CHECKED: Verdict = {
  type: 'HealthViaVip',
  status: 'Unknown',
  reason: 'NotChecked',
  message: 'The virtual service has no health check.',
};

function admittedVerdict({ admitted, reason, message }: Admission): Verdict {
  return { type: 'Admitted', status: admitted ? 'True' : 'False', reason, message };
}

function proofVerdict(
  observation: ServerObservation,
  type: string,
  proof: 'bound' | 'silent',
  proved: string,
): Verdict {
  const { fact, fault } = observation;
  if (fact === null || !hasReported(observation))
    return { type, status: 'Unknown', ...whyUnknown(observation) };
  if (fact[proof]) return { type, status: 'True', reason: 'Proved', message: proved };
  return {
    type,
    status: 'False',
    reason: fault?.reason ?? fact.reason,
    message: fault?.message ?? fact.message,
  };
}

const NO_AGENT = { reason: 'NoAgent', message: 'No agent has joined for this address.' };

function whyUnknown({ agent, vipDocument }: ServerObservation): Pick<Verdict, 'reason' | 'message'> {
  if (agent === null) return NO_AGENT;
  if (vipDocument === null) return { reason: 'NotWanted', message: 'The host shall not hold the VIP.' };
  return { reason: 'AgentNotReported', message: `${agent.name} has not reported on the VIP yet.` };
}
