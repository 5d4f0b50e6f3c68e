/** What directors tell when they are asked; see questions.ts. Counters begin anew when the director made the element anew. */

/** Packets that came for something, and how many came lately. */
export interface Traffic {
  readonly packets: number;
  /** Of IP packets, with their IP headers. */
  readonly bytes: number;
  /** Over the time that the answer names. */
  readonly packetsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Remembered now; at least so many where `flowsComplete` is false. */
  readonly flows: number;
}

export interface ServerTraffic extends Traffic {
  /** Of the real server. */
  readonly number: number;
  readonly address: string;
}

export interface StatsTold {
  readonly kind: 'stats';
  /** What the rates are measured over. */
  readonly overMs: number;
  /** False: the time was up before all flows were counted. */
  readonly flowsComplete: boolean;
  readonly service: Traffic;
  readonly servers: readonly ServerTraffic[];
}

/**
 * Where a flow is remembered: `established` has carried data, `pending` is in its handshake or waits for its first
 * data, `claimed` was not seen to begin or is closing, `datagrams` is UDP.
 */
export const FLOW_STATES = ['established', 'pending', 'claimed', 'datagrams'] as const;
export type FlowState = (typeof FLOW_STATES)[number];

export interface FlowTold {
  /** Hexadecimal; unlike that of any other flow of the service in the same state. */
  readonly key: string;
  readonly state: FlowState;
  /** Null over IPv6: a hash of address and port is remembered in their place. */
  readonly source: string | null;
  readonly sourcePort: number | null;
  /** Number of the real server. */
  readonly server: number;
  /** Null where the server is not in the document any more. */
  readonly address: string | null;
  /** Until it is forgotten, if no packet comes. */
  readonly expiresInMs: number;
}

/** In one answer. */
export const MOST_OWNERS_TOLD = 64;

/** Who answered on the director's segment when it asked who has the VIP. */
export interface OwnersTold {
  readonly kind: 'owners';
  /** The director holds the VIP itself. */
  readonly held: boolean;
  /** By Ethernet address; the director's own is not among them. */
  readonly answers: readonly {
    readonly mac: string;
    /** Another director of the cluster, by what it sends. */
    readonly fellow: boolean;
  }[];
}

export interface FlowsTold {
  readonly kind: 'flows';
  readonly flows: readonly FlowTold[];
  /** How many there are of those asked for, on this page and after it. */
  readonly total: number;
  /** False: the time was up before all flows were looked at, so some may be missing and the order may have gaps. */
  readonly complete: boolean;
}

/** What decides where a packet goes, the first that applies. */
export const ROUTE_REASONS = [
  'established',
  'pending',
  'claimed',
  'datagrams',
  'persistence',
  'slot',
  'turn',
  'no-server',
] as const;
export type RouteReason = (typeof ROUTE_REASONS)[number];

export interface RouteTold {
  readonly kind: 'route';
  readonly reason: RouteReason;
  /** Null where there is none for it: the packet goes nowhere; and where the next in turn gets it. */
  readonly server: number | null;
  readonly address: string | null;
  /** The slot that the packet hashes to, whatever decides; null where the service has no slots, or they take turns. */
  readonly slot: number | null;
  /** Until the flow or the source is forgotten; null where neither decides. */
  readonly expiresInMs: number | null;
}
