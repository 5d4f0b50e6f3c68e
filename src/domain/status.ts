/**
 * What a virtual service and its real servers report about themselves, and the shape in which the API shows it.
 * Types only; the deriving is in service-status.ts and server-status.ts.
 */

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
  /** It reports; one that is away leaves its host as it is. */
  readonly connected: boolean;
  /** Position that it confirmed, in the current epoch; null: none. */
  readonly positionVersion: number | null;
}

/** What an agent proved about the VIP on its host. */
export interface ObservedVip {
  readonly bound: boolean;
  readonly silent: boolean;
  readonly reason: string;
  readonly message: string;
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
  readonly fault: ObservedFault | null;
  /** Some director's document in force names it, with any weight. */
  readonly namedByDirectors: boolean;
  readonly draining: boolean;
  /** When any of this last changed. */
  readonly changedAt: Date | null;
}

/** What one director says about a service's document. */
export interface DirectorObservation {
  readonly name: string;
  /** Version that it confirmed, in the current epoch; null: none. */
  readonly versionInForce: number | null;
  readonly fault: ObservedFault | null;
  readonly connected: boolean;
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
