/**
 * What the engine asks of a data plane. A driver puts documents in force on a ground, each whole or not at all, and
 * one that cannot be put in force never holds up the others.
 */
import type { Capabilities } from '../../contract/capabilities.js';
import type { Document, ServiceDocument } from '../../contract/documents.js';
import type { TrafficQuestion, TrafficTold } from '../../contract/questions.js';
import type { Ground } from '../../forwarding/ground.js';

export type ServiceInForce = Document<ServiceDocument> & { readonly body: ServiceDocument };

export function hasBody(document: Document<ServiceDocument>): document is ServiceInForce {
  return document.body !== null;
}

/** Why a document could not be put in force, by key. */
export type Refusals = ReadonlyMap<string, string>;

export interface Reconciled {
  readonly refusals: Refusals;
  /** Why something that no document wants is still there; undefined when nothing is. */
  readonly leftover: string | undefined;
}

export interface Applied {
  readonly refusals: Refusals;
  /** What was put there is gone, by somebody's hand: only a reconcile brings it back. */
  readonly lost: boolean;
}

export interface Counted {
  readonly packets: number;
  readonly bytes: number;
  /** Null: there are so many that they could not all be counted in time. */
  readonly flows: number | null;
}

/** What was counted of each service and of each of its servers, by their numbers. */
export interface ServiceTotals {
  readonly byNumber: ReadonlyMap<number, Counted & { readonly servers: ReadonlyMap<number, Counted> }>;
}

/** What somebody else changed in the kernel, as far as it was heard or found. */
export interface Touched {
  /** Rules, while maps and what is in them stayed. */
  readonly rules: boolean;
  /** Maps with elements that were. */
  readonly maps: Iterable<string>;
  /** Elements among these, of maps with very many: `map key`; `all`: too many to be named. */
  readonly places: Iterable<string> | 'all';
}

export interface ForwardingDriver {
  readonly name: string;
  readonly capabilities: Capabilities;
  version(): Promise<string>;
  /** Numbers of the servers that packets go to, whoever put them there; to be asked before the first reconcile. */
  forwardedServers(ground: Ground): Promise<ReadonlySet<number>>;
  /** 16 hexadecimal digits: equal on two directors whose new flows go to equal servers. */
  readonly tableDigest: string;
  /** The documents in force, by key. */
  readonly inForce: ReadonlyMap<string, ServiceInForce>;
  /**
   * Exactly these documents, whatever was there; what is right already is not touched. Of a refused document the
   * version that was in force stays, where there still is room for it. What is there of the services with the numbers
   * `spared` stays as well, as long as nothing of these documents takes its place.
   */
  reconcile(
    documents: readonly ServiceInForce[],
    ground: Ground,
    spared: ReadonlySet<number>,
  ): Promise<Reconciled>;
  /** Whether rules and declarations are as the last reconcile left them. Costs the same whatever is in force. */
  isIntact(): Promise<boolean>;
  /**
   * The next reconcile takes nothing of this for granted; of all else that it brought before it takes that it is there.
   * @returns the maps whose elements are the driver's own.
   */
  suspect(touched: Touched): readonly string[];
  /** The next reconcile takes nothing at all for granted: nobody heard what others did. */
  suspectAll(): void;
  /**
   * Begins to compare all that is there with what shall be, which goes on beside any changes. Undefined before the first
   * reconcile. Call it when nothing is being changed.
   */
  openReadBack(): { deviatingMaps(): Promise<readonly string[]> } | undefined;
  /** These changes on the ground of the last reconcile; a refused document leaves in force what was. */
  apply(changes: readonly Document<ServiceDocument>[]): Promise<Applied>;
  /** Tells what goes through a service in force, at any time; rejects with `NotAnswered` where none is. */
  answer(question: TrafficQuestion, signal: AbortSignal): Promise<TrafficTold>;
  /** What was counted of all services; it goes through all of them, and through all flows. */
  totals(): Promise<ServiceTotals>;
}
