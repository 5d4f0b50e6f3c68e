/**
 * What a virtual service and its real servers report about themselves, and the shape in which the API shows it.
 * Types only; the deriving is in service-status.ts and server-status.ts.
 */
import type { ServiceQuestion } from './service-question.js';

export type Provisioning = 'pending' | 'in-sync' | 'failed';
export type Operating = 'online' | 'degraded' | 'offline' | 'disabled';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** UpperCamelCase word for programs. */
  readonly reason: string;
  /** For people: what is, and what to do about it. */
  readonly message: string;
  /** The revision that this was seen for; null: none yet. */
  readonly observedRevision: number | null;
  readonly lastTransitionAt: Date | null;
}

export interface Status {
  readonly provisioning: Provisioning;
  readonly operating: Operating;
  /**
   * Newest revision of the service that is forwarded everywhere: all directors have confirmed what it means for them.
   * A real server that its agent has not set up yet is not part of that, for no director is told of it before: it
   * keeps `provisioning` at `pending`, and does not take back what is forwarded. Null: none yet.
   */
  readonly observedRevision: number | null;
  readonly conditions: readonly Condition[];
}

/** Why a node could not put a document in force, in its own words. */
export interface ObservedFault {
  readonly reason: string;
  readonly message: string;
}

/** The agent on a real server's host. */
export interface ObservedAgent {
  readonly nodeId: string;
  readonly name: string;
  /** It reports; one that is away leaves its host as it is, and what it said last is stale. */
  readonly connected: boolean;
  /** Null: never. */
  readonly lastSeenAt: Date | null;
  /** Position that it confirmed, in the current epoch; null: none. */
  readonly positionVersion: number | null;
  /** Revision of the installation at that position; null: none. */
  readonly revision: number | null;
  /** It is being taken off its host, or was. */
  readonly leaving: boolean;
}

/** What a node looked at, and since when it is as it is. */
export interface ObservedVerdict {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly since: Date | null;
}

/** What an agent proved of one service on the VIP, by asking it from its own host. */
export interface ObservedAnswers extends ServiceQuestion {
  /** Null: neither an answer nor its lack was ever proved. */
  readonly ready: boolean | null;
  readonly answers: ObservedVerdict;
  readonly firewall: ObservedVerdict;
}

/** What an agent proved about the VIP on its host. */
export interface ObservedVip {
  readonly bound: boolean;
  readonly silent: boolean;
  readonly reason: string;
  readonly message: string;
  /** One for each service of the VIP on this host. */
  readonly services: readonly ObservedAnswers[];
}

/** A node's network, as it reported it. */
export interface ObservedNetwork {
  readonly interfaces: readonly {
    readonly name: string;
    readonly up: boolean;
    readonly mtu: number;
    /** With prefix length; without VIPs and link-local addresses. */
    readonly addresses: readonly string[];
  }[];
  /** Next hops of default routes. */
  readonly gateways: readonly string[];
}

/** What an agent reported of its host as a whole. */
export interface ObservedHost {
  readonly network: ObservedNetwork;
  readonly conditions: readonly (ObservedVerdict & { readonly type: string })[];
}

/** What one director found out about a server without an agent, by asking the segment who has the VIP. */
export interface DirectorFinding {
  readonly nodeId: string;
  readonly director: string;
  readonly connected: boolean;
  /** For more than LONG_AWAY_MINUTES, or it never came. */
  readonly longAway: boolean;
  /** See `askedFor`; null: the director has said nothing of this server. */
  readonly asked: number | null;
  readonly onSegment: boolean;
  /** Null: it cannot tell. */
  readonly silent: boolean | null;
  /** In the director's own words. */
  readonly message: string;
  /** Ethernet addresses that answered for the VIP and are neither the host's nor any director's. */
  readonly strangers: readonly string[];
}

export interface SilenceObservation {
  /** The directors' newest document names the server, and not because of a drain. */
  readonly named: boolean;
  /** One for each director that has joined. */
  readonly findings: readonly DirectorFinding[];
  readonly changedAt: Date | null;
}

/** What one director found out about a server by asking it on the VIP, over the way of clients' packets. */
export interface HealthFinding {
  readonly director: string;
  readonly connected: boolean;
  readonly lastSeenAt: Date | null;
  /** Null: it does not know yet, or cannot find out. */
  readonly healthy: boolean | null;
  readonly reason: string;
  /** In the director's own words. */
  readonly message: string;
  /** When `healthy` became what it is. */
  readonly since: Date;
}

/** All that is known about one real server. */
export interface ServerObservation {
  /** Null: no agent has joined for its address. */
  readonly agent: ObservedAgent | null;
  /**
   * The VIP's document for its host: newest version, and the version since which it has a body without a break.
   * Null: the host shall not hold the VIP.
   */
  readonly vipDocument: { readonly version: number; readonly presentSince: number } | null;
  readonly fact: ObservedVip | null;
  /** Null: nothing was reported. */
  readonly host: ObservedHost | null;
  readonly fault: ObservedFault | null;
  /** Of a server without an agent; null: nothing was looked for. */
  readonly silence: SilenceObservation | null;
  /** One for each director that has said something of its health. */
  readonly health: readonly HealthFinding[];
  /**
   * Ids of the services whose newest document names the server at this VIP, and not because of a drain: packets may be
   * on their way to it.
   */
  readonly namedFor: readonly string[];
  /** Some director's document in force names it, with any weight. */
  readonly namedByDirectors: boolean;
  readonly draining: boolean;
  /** How many flows it has left while it drains; null: not known. */
  readonly drainingFlows: number | null;
  /** When any of this last changed. */
  readonly changedAt: Date | null;
}

/** What one director says about a service's document. */
export interface DirectorObservation {
  readonly nodeId: string;
  readonly name: string;
  /** Version that it confirmed, in the current epoch; null: none. */
  readonly versionInForce: number | null;
  /** Revision of the installation at that version; null: none. */
  readonly revision: number | null;
  readonly fault: ObservedFault | null;
  readonly connected: boolean;
  /** Null: never. */
  readonly lastSeenAt: Date | null;
  /** Null: nothing was reported. */
  readonly network: ObservedNetwork | null;
}

/** All that is known about one virtual service beside its real servers. */
export interface ServiceObservation {
  /** Its newest document, also one that says `gone`; null: it never had one. */
  readonly document: {
    readonly version: number;
    /** Revision of the installation that the newest version answers to. */
    readonly revision: number;
    /** The same of the last version before that all directors had in force; null: none. */
    readonly confirmedRevision: number | null;
  } | null;
  /** Every director of the installation, also those that are away. */
  readonly directors: readonly DirectorObservation[];
  readonly changedAt: Date | null;
}
