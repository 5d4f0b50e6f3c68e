/**
 * What the link asks of a node's own work: to put documents in force and to say what is in force.
 * The link decides when and with which documents; the work decides how. The link never calls two of these
 * methods at the same time, but for `describe`, which must not wait for the others.
 */
import type { Document, DocumentBody } from '../contract/documents.js';
import type { NodeRole } from '../contract/join.js';
import type { Question, Told } from '../contract/questions.js';
import type { AgentReport, DirectorReport, Fault } from '../contract/report.js';

/** One document that moved. A body of null means that there shall be, or was, none. */
export interface Change<B extends DocumentBody> {
  readonly key: string;
  /** What is in force now, as far as the link knows; null when nothing of this key is. */
  readonly before: Document<B> | null;
  readonly after: Document<B>;
}

/** What is known beside the documents that shall be in force. */
export interface Besides {
  /**
   * Documents that shall be in force as well and that this program never understood. Whatever the host has of them
   * must stay as it is; a fault may tell of them that some version, 0 for an unknown one, is in force.
   */
  readonly strange: readonly Document[];
  /** Keys of objects that shall be gone by an operator's change. */
  readonly released: ReadonlySet<string>;
}

export const NOTHING_BESIDES: Besides = { strange: [], released: new Set() };

/** What the link itself fills into every report. */
type LinkPart = 'format' | 'sequence' | 'position' | 'revision' | 'faults';
export type DirectorPart = Omit<DirectorReport, LinkPart>;
export type AgentPart = Omit<AgentReport, LinkPart>;
export type NodePart = DirectorPart | AgentPart;

export interface NodeWork<B extends DocumentBody> {
  readonly role: NodeRole;
  /**
   * Brings the host from whatever it is in to exactly these documents; called at start and after a snapshot.
   * Documents that are in force already must not be disturbed. Resolves to the documents that could not be put
   * in force; rejects only when nothing could be judged, and is then called again.
   */
  reconcile(
    documents: ReadonlyMap<string, Document<B>>,
    seed: number,
    besides: Besides,
  ): Promise<readonly Fault[]>;
  /**
   * Puts these changes in force and leaves all else alone. May get a change twice. Resolves to the faults of these
   * keys, and of any other document that is affected. Rejects as `reconcile` does.
   */
  apply(changes: readonly Change<B>[], seed: number): Promise<readonly Fault[]>;
  /**
   * What is in force and what was seen. With `complete` false a node may list only what changed since the last
   * description that `acknowledged` told of.
   */
  describe(complete: boolean): Promise<NodePart>;
  /**
   * Answers a question of the control plane, at any time and several at once; it changes nothing that is in force, and
   * waits for none of the methods above. Rejects with `NotAnswered`, or any error, to refuse it. After the signal
   * nobody waits for the answer.
   */
  answer?: ((question: Question, signal: AbortSignal) => Promise<Told>) | undefined;
  /** Called when the control plane has answered the report that carried the last description. */
  acknowledged?(): void;
  /** Lets the work tell that `describe` would now answer otherwise; a report then follows at once. */
  onChange?(listener: () => void): void;
  /**
   * Lets the work tell that what was said of these documents when they were applied holds no more: they are applied
   * again. The listener resolves when that is done, and what is said of them is true again.
   */
  onDue?(listener: (keys: readonly string[]) => Promise<void>): void;
  /** Lets the work tell that the host lost what was in force: everything is then brought in line again. */
  onLost?(listener: () => void): void;
  /** Whether a director itself finds this real server healthy; null where it does not know. */
  healthOf?(server: number): boolean | null;
  /** The last call: whatever goes on in the background ends, before another process may do this work. */
  stop?(): Promise<void>;
}
