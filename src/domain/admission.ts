/**
 * Decides whether a director may send packets to a real server, and says why not.
 * It must never admit a server whose host has not itself proved that it holds the VIP, silently, under the document
 * that now asks for it, and that this service answers there: a server admitted too early is a black hole or a second
 * owner of the VIP. One that is in already and is asked otherwise than before stays until it was judged anew; and where the
 * directors check the same, it is theirs to take it out when it does not answer (see directors-judge.ts). For a host
 * without an agent see unmanaged-server.ts. What a host cannot find out, such as of UDP, holds nobody back.
 */
import { directorsJudge } from './directors-judge.js';
import type { RealServer } from './real-server.js';
import { isSamePort, isSameQuestion, serviceQuestion } from './service-question.js';
import type { ObservedAgent, ObservedAnswers, ObservedVip, ServerObservation } from './status.js';
import { unmanagedObstacle, type UnmanagedObstacle } from './unmanaged-server.js';
import type { VirtualService } from './virtual-service.js';

export type AdmissionReason =
  | 'Admitted'
  | 'ServiceDisabled'
  | 'Draining'
  | 'Disabled'
  | 'NotDirectReturn'
  | 'NoAgent'
  | 'AgentLeaves'
  | 'AgentNotReported'
  | 'VipNotBound'
  | 'NotSilent'
  | 'NotProbed'
  | 'ServiceNotAnswering'
  | 'FirewallDrops'
  | UnmanagedObstacle['reason'];

export interface Admission {
  readonly admitted: boolean;
  readonly reason: AdmissionReason;
  /** What is, and what to do about it. */
  readonly message: string;
}

type Proof = Pick<ServerObservation, 'agent' | 'vipDocument' | 'fact' | 'silence' | 'namedFor' | 'draining'> &
  Partial<Pick<ServerObservation, 'drainingFlows'>>;

/** Whether the operator wants packets to go to this server at all. */
export function isWanted(service: VirtualService, server: RealServer): boolean {
  return service.enabled && server.enabled && returnsDirectly(service, server);
}

/** The agent has taken the document that asks for the VIP, so that what it said of the VIP is about this document. */
export function hasReported(proof: Pick<Proof, 'agent' | 'vipDocument'>): boolean {
  const confirmed = proof.agent?.positionVersion ?? null;
  return confirmed !== null && proof.vipDocument !== null && confirmed >= proof.vipDocument.presentSince;
}

export function admission(service: VirtualService, server: RealServer, proof: Proof): Admission {
  const obstacle = unwanted(service, server, proof) ?? notAdmittedYet(service, server, proof);
  if (obstacle !== null) return { admitted: false, ...obstacle };
  return { admitted: true, reason: 'Admitted', message: admittedMessage(service, server, proof) };
}

function admittedMessage(service: VirtualService, { address, managed }: RealServer, { fact }: Proof): string {
  const { address: vip } = service;
  if (!managed) return `${address} is attested to hold ${vip}, and was found silent about it.`;
  const answers = fact === null ? undefined : answersOf(service, fact)?.answers;
  if (answers?.status === 'True') return `${address} holds ${vip}, is silent about it, and serves on it.`;
  const why = answers?.message ?? '';
  if (answers?.status === 'False') {
    return `${address} holds ${vip} and is silent about it. Its host gets no good answer there, and the directors' health check decides: ${why}`;
  }
  return `${address} holds ${vip} and is silent about it. Whether it serves there is not known. ${why}`.trimEnd();
}

type Obstacle = Omit<Admission, 'admitted'>;

export function returnsDirectly(service: VirtualService, server: RealServer): boolean {
  return service.forceL4 && server.forwardingMethod === 'direct-return';
}

function unwanted(service: VirtualService, server: RealServer, proof: Proof): Obstacle | null {
  if (!service.enabled) return { reason: 'ServiceDisabled', message: 'The virtual service is disabled.' };
  if (!server.enabled) return disabled(proof);
  if (returnsDirectly(service, server)) return null;
  return { reason: 'NotDirectReturn', message: 'Only Direct return on a service with forceL4 is forwarded.' };
}

function disabled({ draining, drainingFlows = null }: Proof): Obstacle {
  const left = drainingFlows === null ? '' : ` Flows left: ${drainingFlows}.`;
  return draining
    ? {
        reason: 'Draining',
        message: `Takes no new connections; established ones go on until the drain ends.${left}`,
      }
    : { reason: 'Disabled', message: 'The real server is disabled. Set enabled to true to use it.' };
}

function notAdmittedYet(service: VirtualService, server: RealServer, proof: Proof): Obstacle | null {
  if (proof.agent?.leaving === true) return leaves(proof.agent);
  return server.managed
    ? unproved(service, server, proof)
    : unmanagedObstacle(service, server, proof.silence);
}

function unproved(service: VirtualService, server: RealServer, proof: Proof): Obstacle | null {
  const vip = service.address;
  if (proof.agent === null) return noAgent(server);
  if (proof.fact === null || !hasReported(proof)) {
    return { reason: 'AgentNotReported', message: `${proof.agent.name} has not reported on ${vip} yet.` };
  }
  if (!proof.fact.bound) return { reason: 'VipNotBound', message: proof.fact.message };
  if (!proof.fact.silent) return { reason: 'NotSilent', message: proof.fact.message };
  return unready(service, proof.agent.name, proof.fact, proof.namedFor);
}

/**
 * What its host proved of this very service, asked as it is to be asked now. Others on the same VIP may answer or not,
 * and one that had the port before proves nothing.
 */
export function answersOf(service: VirtualService, fact: ObservedVip): ObservedAnswers | undefined {
  const question = serviceQuestion(service);
  return fact.services.find((proved) => isSameQuestion(proved, question));
}

/** It gets packets of this service already, and its host is about to find out anew whether it shall. */
function isIn(service: VirtualService, { services }: ObservedVip, namedFor: readonly string[]): boolean {
  const question = serviceQuestion(service);
  return namedFor.includes(service.id) && services.some((proved) => isSamePort(proved, question));
}

function unready(
  service: VirtualService,
  agent: string,
  fact: ObservedVip,
  namedFor: readonly string[],
): Obstacle | null {
  const proved = answersOf(service, fact);
  if (proved === undefined || proved.ready === null) {
    if (isIn(service, fact, namedFor)) return null;
    const place = `${service.address} port ${service.port}`;
    return {
      reason: 'NotProbed',
      message: `${agent} has not found out yet whether the service answers on ${place}.`,
    };
  }
  if (proved.ready) return null;
  const { answers, firewall } = proved;
  if (firewall.status === 'False') return { reason: 'FirewallDrops', message: firewall.message };
  if (directorsJudge(service) && namedFor.includes(service.id)) return null;
  return { reason: 'ServiceNotAnswering', message: answers.message };
}

function leaves({ name }: ObservedAgent): Obstacle {
  const message =
    `${name} is being taken off its host, or was. ` +
    'Remove the real server; or install the agent there again, and it is used as before.';
  return { reason: 'AgentLeaves', message };
}

function noAgent(server: RealServer): Obstacle {
  const message =
    `No agent has joined for ${server.address}. ` +
    'Make a join token for an agent with this address and start `homeward agent` with it on that host.';
  return { reason: 'NoAgent', message };
}
