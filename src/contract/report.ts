/**
 * What travels up: `PUT /node/v1/report`, sent when something changed and at least every REPORT_INTERVAL_MS.
 * A report states what is in force and what was seen; it never asks for anything.
 */
import type { Capabilities } from './capabilities.js';
import type { VipService } from './documents.js';
import type { Position } from './stream.js';

export const REPORT_PATH = '/node/v1/report';
export const REPORT_INTERVAL_MS = 10_000;

/** Something that was looked at: whether it is so, and why. `Unknown`: nobody on this host can tell. */
export interface ReportedVerdict {
  readonly status: 'True' | 'False' | 'Unknown';
  /** UpperCamelCase word for programs. */
  readonly reason: string;
  /** For people: what is, and what to do about it. */
  readonly message: string;
}

/** A standing observation about a node, in the manner of Kubernetes conditions. */
export interface ReportedCondition extends ReportedVerdict {
  /** UpperCamelCase, such as `VipBound`. */
  readonly type: string;
}

/** A network interface as the node sees it; `lo` is left out. */
export interface ReportedInterface {
  readonly name: string;
  /** Ethernet address, lower case, colons. */
  readonly mac: string;
  readonly up: boolean;
  readonly mtu: number;
  /** Canonical address with prefix length, `192.0.2.11/24`; VIPs that Homeward put there are left out. */
  readonly addresses: readonly string[];
}

export interface ReportedHost {
  readonly interfaces: readonly ReportedInterface[];
  /** Next hops of the host's default routes. */
  readonly gateways: readonly string[];
}

interface ReportBase {
  readonly format: number;
  /**
   * Rises with every report of a node, also over restarts. A report that does not rise above one that was taken is
   * late or sent twice, and is dropped: it would put back what a newer one has said.
   */
  readonly sequence: number;
  /** Every document up to this position is in force, but for those named in `faults`. Null: none taken yet. */
  readonly position: Position | null;
  readonly revision: number;
  readonly host: ReportedHost;
  /** All conditions of the node as a whole. */
  readonly conditions: readonly ReportedCondition[];
  /** All documents that could not be put in force; empty when all is well. */
  readonly faults: readonly Fault[];
}

/** A document that could not be put in force. The others are not held up by it. */
export interface Fault {
  readonly key: string;
  /** Version of the body that is in force instead; null when nothing of it is. */
  readonly versionInForce: number | null;
  readonly reason: string;
  readonly message: string;
}

/** So many strangers are told of one real server at most. */
export const MOST_STRANGERS = 16;

/** What a director found out about one real server without an agent, by asking the segment who has the VIP. */
export interface SilenceFact {
  /** Of the real server. */
  readonly number: number;
  /** As the document's probe says. */
  readonly asked: number;
  /** Some interface of the director is on a segment with the server. */
  readonly onSegment: boolean;
  /** By its own Ethernet addresses. Null: the director cannot tell now. */
  readonly silent: boolean | null;
  readonly reason: string;
  readonly message: string;
  /**
   * Other Ethernet addresses that answered when the VIP was last asked for, lower case; other directors' are among
   * them. Left out where there are none.
   */
  readonly strangers?: readonly string[];
}

/** What a director found out about one real server by asking it on the VIP, as the health check of its service says. */
export interface HealthFact {
  /** Of the real server. */
  readonly number: number;
  /** Null: not known yet, or the director cannot check. */
  readonly healthy: boolean | null;
  /**
   * `KeptByPanicGuard`: it is not healthy and gets packets still, as too many of its service fell at once. `StandingBy`:
   * a healthy backup that gets none, as enough others are healthy.
   */
  readonly reason: string;
  readonly message: string;
  /** When `healthy` became what it is, by the director's clock, as `Date.prototype.toISOString` spells it. */
  readonly since: string;
}

/** So many strangers that answer for VIPs are told of one director at most, and so many neighbours. */
export const MOST_REPORTED_STRANGERS = 64;
export const MOST_REPORTED_NEIGHBOURS = 256;

/** Somebody on a director's segment who speaks in the name of a VIP that the director holds, and is no director. */
export interface ReportedStranger {
  readonly vip: string;
  /** Lower case, colons. */
  readonly mac: string;
  /** How often it was heard since the director started. */
  readonly count: number;
}

/** A real server that a director does not find on its segment as it should. */
export interface ReportedNeighbour {
  /** Of the real server. */
  readonly address: string;
  /** By which it was heard last; null: it never was. */
  readonly mac: string | null;
  /** `NotHeard`: it answers no more. `NewMac`: it answers by another Ethernet address than before, which is in force. */
  readonly reason: string;
  readonly message: string;
}

/** What a director hears on its segments that is not as it should be. */
export interface ReportedSegment {
  /** Heard lately, the latest first, at most MOST_REPORTED_STRANGERS. */
  readonly strangers: readonly ReportedStranger[];
  /** Sorted by address, at most MOST_REPORTED_NEIGHBOURS. */
  readonly neighbours: readonly ReportedNeighbour[];
  /** How often the kernel's idea of where a real server is was put right since the director started. */
  readonly repairs: number;
}

/** What forwards on a director. */
export interface ReportedEngine {
  readonly driver: string;
  readonly version: string;
  /**
   * 16 hexadecimal digits over all slot tables in force: equal on two directors whose new flows go to equal servers. Left
   * out by engines that do not tell.
   */
  readonly tableDigest?: string;
}

export interface DirectorReport extends ReportBase {
  readonly role: 'director';
  /**
   * True: `health` lists all servers that are checked, and whatever else was told is forgotten. False: only those whose
   * fact changed since the last answered report.
   */
  readonly complete: boolean;
  readonly health: readonly HealthFact[];
  /** One for each probe of the documents that are held, in no particular order. */
  readonly silence: readonly SilenceFact[];
  /** Left out where there is nothing to tell. */
  readonly segment?: ReportedSegment;
  readonly engine: ReportedEngine;
  readonly capabilities: Capabilities;
  /** What somebody undid on the director. Left out by an engine that does not watch itself. */
  readonly drift?: HostDrift;
}

/** What an agent proved about one VIP on its host. */
export interface VipFact {
  readonly address: string;
  /** The VIP is on loopback as /32 or /128, and on no other interface. */
  readonly bound: boolean;
  /** Every interface was read back: none answers or announces ARP for the VIP. */
  readonly silent: boolean;
  readonly reason: string;
  readonly message: string;
}

/** Something on the host that was as it shall be, and that somebody else undid. */
export interface ReportedDrift {
  /** What an administrator calls it: `VIP 192.0.2.200`, `net.ipv4.conf.all.arp_ignore`. */
  readonly thing: string;
  readonly found: string;
  readonly wanted: string;
  /** Instants by the node's clock, as `Date.prototype.toISOString` spells them. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** How often it was found undone since `firstAt`. */
  readonly count: number;
  /** It is as it shall be again. */
  readonly repaired: boolean;
}

export interface HostDrift {
  /** How often anything was found undone since the engine or agent started. */
  readonly total: number;
  /** The things that were undone last, newest first, each named once; at most MOST_DRIFTS. */
  readonly latest: readonly ReportedDrift[];
}

export const NO_DRIFT: HostDrift = { total: 0, latest: [] };

/** A host that is undone as a whole must not flood the control plane. */
export const MOST_DRIFTS = 20;

/** Reason of a verdict about what was not looked at yet. What was known of the very same before stands. */
export const REASON_NOT_PROBED = 'NotProbed';

/**
 * What an agent proved about one service of a VIP, by asking it on the VIP from its own host. It says what was asked,
 * as the VIP's document does: a proof of one service is none of another that has taken its port.
 */
export interface ServiceFact extends VipService {
  /**
   * Whether it may get packets, as far as this host can tell. Null: not known since the agent started, or since it is
   * asked so; what was known before stands, so that a restart of the agent takes nobody out and lets nobody in.
   */
  readonly ready: boolean | null;
  readonly answers: ReportedVerdict;
  readonly firewall: ReportedVerdict;
}

/** A VIP with all services of its document. */
export interface ReportedVip extends VipFact {
  readonly services: readonly ServiceFact[];
}

export interface AgentReport extends ReportBase {
  readonly role: 'agent';
  /** True: `vips` lists all that the host holds or shall hold. False: only those that changed since the last answered report. */
  readonly complete: boolean;
  /** A VIP that was unbound is listed with `bound` false. */
  readonly vips: readonly ReportedVip[];
  readonly drift: HostDrift;
  /** An administrator takes the agent off its host, which lets go of all of its VIPs. Left out where it stays. */
  readonly leaving?: true;
}

export type Report = DirectorReport | AgentReport;

/** The answer to a report. */
export interface ReportAnswer {
  /** The control plane lacks the node's state and asks for a complete report. */
  readonly complete: boolean;
  /** Highest sequence that was taken. Above the report's own: this report was dropped. */
  readonly sequence: number;
}
