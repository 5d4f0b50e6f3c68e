/**
 * What the control plane knows of a service on one real server, as a diagnosis looks at it. What an agent said last
 * counts here also when it is silent since: that it is away is one cause among others, and how old the facts are
 * stands beside them. Pure.
 */
import type {
  Known,
  KnownAgent,
  KnownDirector,
  KnownIntent,
  KnownNeighbour,
  KnownService,
  KnownStranger,
  KnownTrouble,
  KnownVerdict,
} from '../../diagnosis/known.js';
import { hasReported } from '../../domain/admission.js';
import type { RealServer } from '../../domain/real-server.js';
import { serverStatus } from '../../domain/server-status.js';
import type { Violation } from '../../domain/rules/rule.js';
import type { DirectorObservation, ServerObservation, ServiceObservation } from '../../domain/status.js';
import { serviceQuestion } from '../../domain/service-question.js';
import type { VirtualService } from '../../domain/virtual-service.js';

/** A rule that has a cause of its own. */
const KNOWN_OTHERWISE: Violation['code'] = 'direct-return-requires-force-l4';

export interface Seen {
  readonly service: VirtualService;
  readonly server: RealServer;
  readonly observation: ServerObservation;
  readonly onDirectors: ServiceObservation;
  readonly strangers: readonly KnownStranger[];
  readonly neighbours: readonly KnownNeighbour[];
  /** By the directors' names. */
  readonly troubles: ReadonlyMap<string, readonly KnownTrouble[]>;
  /** Of the whole service. */
  readonly violations: readonly Violation[];
}

export function knownServer(seen: Seen): Known {
  const { service, server, observation, onDirectors } = seen;
  return {
    vip: service.address,
    address: server.address,
    service: knownService(service),
    intent: intentOf(seen),
    directors: onDirectors.directors.map((director) => directorOf(director, seen)),
    strangers: seen.strangers,
    neighbours: seen.neighbours,
    agent: server.managed ? agentOf(observation) : null,
    verdicts: verdictsOf(seen),
  };
}

function knownService(service: VirtualService): KnownService {
  const { protocol, port, endPort, http } = serviceQuestion(service);
  return { protocol, port, endPort, page: http?.scheme ?? null };
}

function intentOf({ service, server, observation, violations }: Seen): KnownIntent {
  return {
    serviceId: service.id,
    serverId: server.id,
    serviceEnabled: service.enabled,
    serverEnabled: server.enabled,
    weight: server.weight,
    forceL4: service.forceL4,
    directReturn: server.forwardingMethod === 'direct-return',
    draining: observation.draining,
    brokenRules: violations.filter((violation) => concerns(violation, service, server)),
  };
}

/** A violation stands at one real server, or at the service as a whole. */
function concerns({ code, field }: Violation, service: VirtualService, server: RealServer): boolean {
  if (code === KNOWN_OTHERWISE) return false;
  const [, index] = /^\/realServers\/(\d+)\//.exec(field) ?? [];
  return index === undefined || service.realServers[Number(index)]?.id === server.id;
}

function directorOf(
  { name, connected, fault, versionInForce }: DirectorObservation,
  { onDirectors: { document }, troubles }: Seen,
): KnownDirector {
  const confirmed = document === null || (versionInForce ?? -1) >= document.version;
  return { name, connected, fault, confirmed, troubles: troubles.get(name) ?? [] };
}

function agentOf(observation: ServerObservation): KnownAgent {
  const { agent } = observation;
  return {
    // One that was made known and never heard has not joined yet, or did so in this very moment.
    joined: (agent?.lastSeenAt ?? null) !== null,
    name: agent?.name ?? '',
    alive: agent?.connected ?? null,
    lastSeenAt: agent?.lastSeenAt ?? null,
    reported: hasReported(observation),
  };
}

/**
 * What is said of the real server comes before what is said of its host as a whole. An agent that has joined for a
 * server without one decides nothing about it yet, and what ails that agent keeps no packets from it.
 */
function verdictsOf({ service, server, observation, onDirectors }: Seen): ReadonlyMap<string, KnownVerdict> {
  const { agent, host } = observation;
  const heard = { ...observation, agent: agent === null ? null : { ...agent, connected: true } };
  const { conditions } = serverStatus(service, server, heard, onDirectors);
  return new Map<string, KnownVerdict>([
    ...(server.managed ? (host?.conditions ?? []) : []).map((said) => [said.type, said] as const),
    ...conditions.map((said) => [said.type, { ...said, since: said.lastTransitionAt }] as const),
  ]);
}
