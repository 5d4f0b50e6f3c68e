/** What a run of the lab found; printed as JSON when it ends. What was never looked at is false or null. */
export interface Findings {
  /** No byte of a reply on the director, and every reply straight from the real server, in both families. */
  directReturn: boolean;
  /** Bytes of replies that the director's interface saw; null: not measured. */
  replyBytesOnDirector: number | null;
  /** Bytes of the same replies at the router: what there was to be seen. */
  replyBytesOnRouter: number | null;
  /** Who-has VIP was answered by the director alone, though the real servers heard it. */
  arpSilent: boolean;
  /** The table was captured hop for hop. */
  ipv4: boolean;
  ipv6: boolean;
  /** From the end of a real server's service to the director having taken it out; null: it was not found out. */
  failedServerOutMs: number | null;
  drainedDownloadWhole: boolean;
  newConnectionsAfterDrain: { toDrained: number; toOthers: number } | null;
  /** What the lan heard during the whole of a run with `--endure`; null: not asked for. */
  endured: Endured | null;
  /** Rules, VIPs and settings are what they were. */
  restored: boolean;
  /** From the POST being sent to in-sync and online. */
  onlineMs: number | null;
  /** From the PATCH being sent to in-sync. */
  drainMs: number | null;
  totalMs: number | null;
  /** `step 2: …`, only when something failed. */
  failed?: string;
}

export interface Endured {
  readonly agentKills: number;
  /** Requests of clients meanwhile, and how many of them found no answer while their server was without power. */
  readonly requests: number;
  readonly requestsLost: number;
  /** Who-has and neighbour solicitations for a VIP, in the whole run. */
  readonly questions: number;
  /** Ethernet addresses other than the director's that claimed a VIP. */
  foreignClaimants: readonly string[];
}

export function noFindings(): Findings {
  return {
    directReturn: false,
    replyBytesOnDirector: null,
    replyBytesOnRouter: null,
    arpSilent: false,
    ipv4: false,
    ipv6: false,
    failedServerOutMs: null,
    drainedDownloadWhole: false,
    newConnectionsAfterDrain: null,
    endured: null,
    restored: false,
    onlineMs: null,
    drainMs: null,
    totalMs: null,
  };
}
