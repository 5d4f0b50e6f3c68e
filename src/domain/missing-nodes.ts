/**
 * Names the nodes that do not have the newest state of a virtual service in force, each with its reason. It names none if
 * and only if the service's provisioning is `in-sync`: it looks at the same facts by the same judgements.
 */
import { admission } from './admission.js';
import { isBehind, NO_DIRECTOR } from './directors-in-force.js';
import type { RealServer } from './real-server.js';
import { agentProvisioning } from './server-status.js';
import { UNKNOWN_SERVER } from './service-status.js';
import type { DirectorObservation, ServerObservation, ServiceObservation } from './status.js';
import type { VirtualService } from './virtual-service.js';

export interface MissingNode {
  readonly role: 'director' | 'agent';
  /** Its name; null: none has joined. */
  readonly node: string | null;
  /** Address of the real server that it is about; null: all of the service. */
  readonly realServer: string | null;
  /** UpperCamelCase word for programs. */
  readonly reason: string;
  /** For people: why, and what to do about it. */
  readonly message: string;
}

export type Why = Pick<MissingNode, 'reason' | 'message'>;

export const IN_FORCE: Why = { reason: 'Confirmed', message: 'It has confirmed the newest state.' };

/** `servers` holds what is known about the real servers, by their number. */
export function missingNodes(
  service: VirtualService,
  observation: ServiceObservation,
  servers: ReadonlyMap<number, ServerObservation>,
): readonly MissingNode[] {
  const directors =
    observation.directors.length === 0
      ? [ofDirector(null, { reason: 'NoDirector', message: NO_DIRECTOR })]
      : missingDirectors(observation);
  const agents = service.realServers.flatMap((server) =>
    missingAgent(service, server, servers.get(server.number) ?? UNKNOWN_SERVER),
  );
  return [...directors, ...agents];
}

/** Those that exist and have not confirmed the newest document, which is also the one that says that the service is gone. */
export function missingDirectors(observation: ServiceObservation): readonly MissingNode[] {
  return observation.directors.flatMap((director) => {
    const why = whyDirectorLacks(director, observation);
    return why === null ? [] : [ofDirector(director.name, why)];
  });
}

/** Null: it has the newest document in force. */
export function whyDirectorLacks(director: DirectorObservation, observation: ServiceObservation): Why | null {
  return director.fault ?? (isBehind(director, observation) ? notConfirmed(director) : null);
}

function ofDirector(node: string | null, { reason, message }: Why): MissingNode {
  return { role: 'director', node, realServer: null, reason, message };
}

function notConfirmed({ name, connected }: DirectorObservation): Why {
  return connected
    ? { reason: 'NotConfirmed', message: `${name} has not confirmed it yet.` }
    : { reason: 'DirectorAway', message: `${name} is away, and forwards from its last known good.` };
}

function missingAgent(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
): MissingNode[] {
  const why = server.enabled ? whyAgentLacks(service, server, observation) : null;
  if (why === null) return [];
  const { reason, message } = why;
  const node = observation.agent?.name ?? null;
  return [{ role: 'agent', node, realServer: server.address, reason, message }];
}

/** Null: it holds the VIP as the newest document says, or need not. */
export function whyAgentLacks(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
): Why | null {
  if (agentProvisioning(service, server, observation) === 'in-sync') return null;
  const { fault, agent } = observation;
  if (fault !== null) return fault;
  if (server.managed && agent !== null && !agent.connected) {
    return {
      reason: 'AgentAway',
      message: `${agent.name} is away; its host stays as it is until it is back.`,
    };
  }
  const { admitted, reason, message } = admission(service, server, observation);
  if (!admitted) return { reason, message };
  return {
    reason: 'NotConfirmed',
    message: `${agent?.name ?? server.address} has not confirmed the newest document.`,
  };
}
