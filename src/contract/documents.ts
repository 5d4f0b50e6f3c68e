/**
 * The documents that the control plane hands to its nodes: what shall be, never what is.
 * A director gets one document per virtual service, an agent one per VIP that its host shall hold.
 * Every address in here is canonical text, made from parsed bytes. The one text of a user's is what a health check asks
 * and expects: it goes into a request to the real server and nowhere else.
 */

/** The shape of everything on this wire. A node refuses a format that it does not know. */
export const CONTRACT_FORMAT = 1;

export type Protocol = 'tcp' | 'udp';

/**
 * How a new flow finds its server: `maglev` hashes source address and port, `source-hash` the address alone, and
 * `round-robin` gives every server its turns by weight.
 */
export type DocumentScheduler = 'maglev' | 'source-hash' | 'round-robin';

/** New flows of a source go where its earlier ones went. */
export interface DocumentPersistence {
  /** Since the source last began or closed a flow. */
  readonly timeoutSeconds: number;
  /** Sources that share this many leading bits are one, 1 to 32 for IPv4, 1 to 128 for IPv6. */
  readonly prefixLength: number;
}

/** One real server as a director shall know it. */
export interface ServerEntry {
  /** Stable for the life of the real server, 1 to 2^31 - 1; never used again. */
  readonly number: number;
  /** Canonical address on a segment of the director; the same family as the VIP. */
  readonly address: string;
  /** Share of new flows, 0 to 65535. 0: no new flow, but established ones go on (a drain). */
  readonly weight: number;
  /** Gets new flows only while fewer than `minHealthy` of the others are healthy. Left out of all others. */
  readonly backup?: true;
}

/**
 * A real server without an agent. The director asks its segment who has the VIP, and says whether this host answered.
 */
export interface SilenceProbe {
  /** Of the real server. */
  readonly number: number;
  /** Canonical; the same family as the VIP. */
  readonly address: string;
  /** Another one wants a new proof. What is found is told with it, so that nothing older is taken for it. */
  readonly asked: number;
}

/** What a director forwards for one virtual service. */
export interface ServiceDocument {
  readonly kind: 'service';
  /** Stable for the life of the service, 1 to 2^31 - 1; never used again. */
  readonly number: number;
  /** The VIP. */
  readonly address: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** Last port of the range; equal to `port` when the service has one port. */
  readonly endPort: number;
  readonly scheduler: DocumentScheduler;
  /** Left out where there is none. */
  readonly persistence?: DocumentPersistence;
  /**
   * False: nothing is remembered of a flow, and every packet goes by its slot alone; then the scheduler is not
   * `round-robin`, and there is no persistence. Left out of all others, whose flows stay on their server.
   */
  readonly flowAffinity?: false;
  /** How many slots the new flows are spread over; a power of two, 1 to 4096. */
  readonly slots: number;
  /** Sorted by number. Empty beside probes: only these are to be done, and the VIP is not held. */
  readonly servers: readonly ServerEntry[];
  /** Sorted by number; left out where every server has an agent. */
  readonly silenceProbes?: readonly SilenceProbe[];
  /** Left out where nothing is checked: every server then counts as healthy. */
  readonly healthCheck?: HealthQuestion;
  /** A server that came back gets its full share of new flows after so long. Left out: at once. */
  readonly slowStartMs?: number;
  /** While fewer of the servers that are no backups are healthy, the backups join them. Left out: 1. */
  readonly minHealthy?: number;
}

/**
 * What a director asks each server of a service, on the VIP and over the way of clients' packets.
 * The timeout is shorter than the interval, which no schema can say.
 */
export interface HealthQuestion {
  readonly type: 'tcp' | 'udp' | 'http' | 'https';
  /** Where the server is asked; a director translates no ports, so it is the server's own. */
  readonly port: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Successes in a row until a server counts as healthy. */
  readonly rise: number;
  /** Failures in a row until it does not. */
  readonly fall: number;
  /** There for `http` and `https`, and for nothing else. */
  readonly http?: HealthPage;
  /** There for `udp`, and for nothing else. */
  readonly udp?: UdpExchange;
}

/** A page, and what shows that it is the right one. A redirect is an answer as any other: it is not followed. */
interface ExpectedPage {
  /** Printable ASCII without spaces, beginning with a slash. */
  readonly path: string;
  /** The Host header; null: the VIP. */
  readonly host: string | null;
  readonly expectedStatus: number;
  /** Some part of the body, in UTF-8. Left out: the body is not read. */
  readonly expectedBody?: string;
}

export interface HealthPage extends ExpectedPage {
  readonly method: 'GET' | 'HEAD';
}

/** One datagram and its reply. */
export interface UdpExchange {
  /** In base64; may be empty. */
  readonly payload: string;
  /**
   * What the reply begins with, in base64; empty: any reply will do. Null: none is waited for, so that only a refusal
   * (ICMP port unreachable) is a failure.
   */
  readonly expected: string | null;
}

/** One service that a host answers for on a VIP. */
export interface VipService {
  readonly protocol: Protocol;
  readonly port: number;
  readonly endPort: number;
  /** What the host asks for to see that the service answers. Without it, it connects (TCP) or sends a datagram (UDP). */
  readonly http?: HttpQuestion;
}

export interface HttpQuestion extends ExpectedPage {
  readonly scheme: 'http' | 'https';
  /** Left out: GET. */
  readonly method?: 'HEAD';
}

/** A VIP that a real server's host shall hold, silently. */
export interface VipDocument {
  readonly kind: 'vip';
  readonly address: string;
  /** Sorted by protocol, then port. */
  readonly services: readonly VipService[];
}

export type DocumentBody = ServiceDocument | VipDocument;

/**
 * A document with its place in the history. `key` is the service's id for a director and the VIP for an agent.
 * `body` is null where the object shall be gone.
 */
export interface Document<B extends DocumentBody = DocumentBody> {
  readonly key: string;
  /** Moves whenever the body does; ordered over all documents of a cluster and epoch. */
  readonly version: number;
  /** The revision of the operators' intent that this body answers to. */
  readonly revision: number;
  readonly body: B | null;
  /**
   * The revision of the operators' change by which the object shall be gone, the service shall reach nobody, or it shall
   * go on without the last servers that a director finds healthy. Absent where no such change is known: an agent then
   * keeps its VIPs where more than half of them would go like that, and a director its services by blast-radius.ts.
   */
  readonly approval?: number;
}
