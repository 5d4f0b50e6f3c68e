/**
 * All that a diagnosis may look at: one service on one real server, as far as the one who asks knows it. The control
 * plane knows what operators want and what both ends reported; a host knows itself, and the directors not at all.
 * What is not known is null or missing, and no cause is ever found in what is not known.
 */
import type { Protocol } from '../contract/documents.js';
import type { ReportedVerdict } from '../contract/report.js';

/** What somebody looked at, under the name of its condition: `VipBound`, `ArpSilent`, `MtuMatches`. */
export interface KnownVerdict extends ReportedVerdict {
  /** Null: not known. */
  readonly since?: Date | null;
}

/** What operators want. */
export interface KnownIntent {
  readonly serviceId: string;
  readonly serverId: string;
  readonly serviceEnabled: boolean;
  readonly serverEnabled: boolean;
  readonly weight: number;
  readonly forceL4: boolean;
  readonly directReturn: boolean;
  /** Takes no new flows any more, and the established ones still go on. */
  readonly draining: boolean;
  /** Rules of the intent that are broken by what came after it was written. */
  readonly brokenRules: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
}

/** What ails a director as a whole. */
export interface KnownTrouble {
  readonly reason: string;
  readonly message: string;
}

export interface KnownDirector {
  readonly name: string;
  readonly connected: boolean;
  /** Null: it has put the service's document in force, or has not said otherwise. */
  readonly fault: KnownTrouble | null;
  readonly troubles: readonly KnownTrouble[];
  /** It confirmed the newest document of the service. */
  readonly confirmed: boolean;
}

/** Whoever answered a director that asked for the VIP, and is neither a director nor the host that was asked about. */
export interface KnownStranger {
  /** Which heard it. */
  readonly director: string;
  readonly mac: string;
  /** The node that has reported this Ethernet address; null: none. */
  readonly node: string | null;
}

/** Where a director finds the real server on its segment, which is not as it should be. */
export interface KnownNeighbour {
  readonly director: string;
  readonly mac: string | null;
  readonly reason: string;
  readonly message: string;
}

export interface KnownAgent {
  /** False: none has ever joined for this host, as far as is known. */
  readonly joined: boolean;
  /** Of the node; empty on the host itself, and where none is made known. */
  readonly name: string;
  /** The control plane hears it; on the host: its process runs. Null: not known. */
  readonly alive: boolean | null;
  /** Since when it is not heard. */
  readonly lastSeenAt: Date | null;
  /** It has taken the document that asks for the VIP. */
  readonly reported: boolean;
}

export interface KnownService {
  readonly protocol: Protocol;
  readonly port: number;
  readonly endPort: number;
  /** By which its health check asks for a page; null: it asks for none. */
  readonly page: 'http' | 'https' | null;
}

export interface Known {
  readonly vip: string;
  /** The real server's address; null on a host, which may have several. */
  readonly address: string | null;
  readonly service: KnownService;
  readonly intent: KnownIntent | null;
  /** Null: who asks cannot know of directors. */
  readonly directors: readonly KnownDirector[] | null;
  /** Empty also where nobody asks: directors ask for VIPs of hosts without an agent. */
  readonly strangers: readonly KnownStranger[];
  /** Empty where all is well, or nobody knows. */
  readonly neighbours: readonly KnownNeighbour[];
  /** Null: the host has no agent, and shall have none. */
  readonly agent: KnownAgent | null;
  readonly verdicts: ReadonlyMap<string, KnownVerdict>;
}
