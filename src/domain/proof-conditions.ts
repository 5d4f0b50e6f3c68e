/**
 * What an agent proved, as conditions of one real server. What it said counts only for the document that asked for it,
 * and grows stale when the agent falls silent: then it is shown as Unknown, with what was last known and since when.
 * Staleness puts nobody out, for the host goes on as it is.
 */
import { answersOf, hasReported } from './admission.js';
import { staleVerdict } from './stale-verdict.js';
import type { ObservedVerdict, ServerObservation } from './status.js';
import type { VirtualService } from './virtual-service.js';

export interface ProofVerdict extends ObservedVerdict {
  readonly type: string;
}

type Reported = ServerObservation & {
  readonly agent: NonNullable<ServerObservation['agent']>;
  readonly fact: NonNullable<ServerObservation['fact']>;
};

export function proofConditions(
  service: VirtualService,
  observation: ServerObservation,
): readonly ProofVerdict[] {
  const { agent } = observation;
  if (!isReported(observation)) {
    return TYPES.map((type) => ({ type, status: 'Unknown', ...whyUnknown(observation), since: null }));
  }
  const verdicts = TYPES.map((type) => ({ type, ...PROOFS[type](observation, service) }));
  return agent === null || agent.connected
    ? verdicts
    : verdicts.map((verdict) => ({ type: verdict.type, ...staleVerdict(verdict, agent) }));
}

const PROOFS = {
  VipBound: (observation) => ofVip(observation, 'bound', 'The VIP is on loopback.'),
  ArpSilent: (observation) =>
    ofVip(observation, 'silent', 'The host neither answers nor announces ARP for the VIP.'),
  ArpSettingsInForce: (observation) => ofHost(observation, 'ArpSettingsInForce'),
  GuardLoaded: (observation) => ofHost(observation, 'GuardLoaded'),
  ServiceAnswersOnVip: (observation, service) => ofService(observation, service, 'answers'),
  FirewallAllows: (observation, service) => ofService(observation, service, 'firewall'),
  NotARouterLoop: (observation) => notARouterLoop(observation),
} as const satisfies Record<string, (observation: Reported, service: VirtualService) => ObservedVerdict>;

const TYPES = Object.keys(PROOFS) as (keyof typeof PROOFS)[];

function isReported(observation: ServerObservation): observation is Reported {
  return observation.agent !== null && observation.fact !== null && hasReported(observation);
}

function whyUnknown({ agent, vipDocument }: ServerObservation): Pick<ObservedVerdict, 'reason' | 'message'> {
  if (agent === null) return { reason: 'NoAgent', message: 'No agent has joined for this address.' };
  if (vipDocument === null) return { reason: 'NotWanted', message: 'The host shall not hold the VIP.' };
  return { reason: 'AgentNotReported', message: `${agent.name} has not reported on the VIP yet.` };
}

function ofVip(
  { fact, fault, changedAt }: Reported,
  proof: 'bound' | 'silent',
  proved: string,
): ObservedVerdict {
  if (fact[proof]) return { status: 'True', reason: 'Proved', message: proved, since: changedAt };
  const { reason, message } = fault ?? fact;
  return { status: 'False', reason, message, since: changedAt };
}

function ofHost({ host }: Reported, wanted: string): ObservedVerdict {
  return host?.conditions.find(({ type }) => type === wanted) ?? NOT_SAID;
}

/** A connection to a VIP that the host does not hold would tell of another host. */
function ofService(
  { fact, changedAt }: Reported,
  service: VirtualService,
  proof: 'answers' | 'firewall',
): ObservedVerdict {
  if (proof === 'answers' && !fact.bound) {
    const message = 'The host does not hold the VIP, so that its services cannot be asked on it.';
    return { status: 'Unknown', reason: 'VipNotBound', message, since: changedAt };
  }
  return answersOf(service, fact)?.[proof] ?? NOT_SAID;
}

/** The host says it of all of its VIPs; one that is bound is not meant. */
function notARouterLoop(observation: Reported): ObservedVerdict {
  const { fact, changedAt } = observation;
  const ofAll = ofHost(observation, 'NotARouterLoop');
  if (!fact.bound || ofAll.status !== 'False') return ofAll;
  return { status: 'True', reason: 'VipBound', message: 'The host holds the VIP.', since: changedAt };
}

const NOT_SAID: ObservedVerdict = {
  status: 'Unknown',
  reason: 'AgentNotReported',
  message: 'The agent has not reported on it yet.',
  since: null,
};
