/**
 * Sees to it that what is held comes into force: one apply at a time, with everything that arrived meanwhile merged
 * into the next one. Documents that could not be put in force are kept as faults and tried again.
 * It never drops a change: one that failed stays due until it, or a newer one of the same key, is in force.
 */
import type { Document, DocumentBody } from '../contract/documents.js';
import type { Fault } from '../contract/report.js';
import type { Logger } from '../platform/logger.js';
import type { HeldDocuments, HeldHead } from './held/held-documents.js';
import type { Change, NodeWork } from './node-work.js';
import { bodyProblem, notUnderstood, understoodDocuments } from './understood-documents.js';

const RETRY_MS = 5_000;

export interface Enforced {
  /** Everything up to this head is in force, but for the faults. Null: nothing yet. */
  readonly head: HeldHead | null;
  readonly faults: readonly Fault[];
  /** Why the last attempt failed as a whole, or null. */
  readonly failure: string | null;
}

export class Enforcer<B extends DocumentBody> {
  readonly #inForce = new Map<string, Document<B>>();
  readonly #due = new Map<string, Document<B>>();
  readonly #faults = new Map<string, { readonly fault: Fault; readonly wanted: Document<B> }>();
  #allDue = false;
  #head: HeldHead | null = null;
  #failure: string | null = null;
  #running: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;
  readonly #begun: Promise<void>;
  #begin: () => void = () => undefined;

  constructor(
    private readonly work: NodeWork<B>,
    private readonly held: HeldDocuments,
    private readonly logger: Logger,
    /** Called after every attempt. */
    private readonly onAttempt: () => void,
    private readonly retryMs = RETRY_MS,
  ) {
    this.#begun = new Promise((resolve) => (this.#begin = resolve));
  }

  /**
   * Resolves when the documents held from an earlier run were tried once, at once where there are none. Before that
   * nobody knows what is in force, and a report could only say that nothing is.
   */
  begun(): Promise<void> {
    return this.held.head === null || this.#stopped ? Promise.resolve() : this.#begun;
  }

  get enforced(): Enforced {
    return {
      head: this.#head,
      faults: [...this.#faults.values()].map(({ fault }) => fault),
      failure: this.#failure,
    };
  }

  /** What was just taken into the held documents. `whole`: bring everything in line, not these changes alone. */
  enforce(changed: readonly Document[], whole: boolean): void {
    if (whole) this.#allDue = true;
    for (const document of changed) this.#due.set(document.key, document as Document<B>);
    this.#run();
  }

  /** What was said of these holds no more. Resolves when they were applied again, or could not be. */
  async again(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const wanted = this.#faults.get(key)?.wanted ?? this.#inForce.get(key);
      if (wanted !== undefined && !this.#due.has(key)) this.#due.set(key, wanted);
    }
    this.#run();
    await this.#running;
  }

  /** Starts nothing more; resolves when the running attempt is over. What is in force stays. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#running;
    this.#begin();
  }

  #run(): void {
    const { head } = this.held;
    if (this.#stopped || head === null) return;
    this.#running ??= this.#attempts(head);
  }

  async #attempts(first: HeldHead): Promise<void> {
    let head = first;
    do {
      await this.#attempt(head);
      this.#begin();
      this.onAttempt();
      head = this.held.head ?? head;
      // After a failure nothing is gained by trying again at once.
    } while (this.#isBehind() && this.#failure === null && !this.#stopped);
    this.#armRetry();
    // In the same step as the check above, or a change that arrives in between would wait for the next one.
    this.#running = undefined;
  }

  async #attempt(head: HeldHead): Promise<void> {
    try {
      if (this.#allDue) await this.#reconcile(head);
      else await this.#apply(head);
      this.#head = head;
      this.#failure = null;
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.logger.error({ err: error }, 'the documents could not be put in force; what is in force stays');
    }
  }

  async #reconcile(head: HeldHead): Promise<void> {
    const { documents, strange, problems } = understoodDocuments(this.held, this.work.role, this.#inForce);
    const due = new Map(this.#due);
    this.#allDue = false;
    this.#due.clear();
    const faults = new Map<string, Fault>();
    try {
      const released = new Set(this.held.released.keys());
      const found = await this.work.reconcile(documents, head.seed, { strange, released });
      for (const fault of found) faults.set(fault.key, fault);
    } catch (error) {
      this.#allDue = true;
      throw error;
    }
    for (const [key, problem] of problems) {
      const former = documents.get(key)?.version ?? null;
      // What the work says of the key counts for more: a former document may be at fault as well.
      const { versionInForce } = faults.get(key) ?? { versionInForce: former };
      faults.set(key, notUnderstood(key, versionInForce, problem));
    }
    this.#settleAll(documents, [...faults.values()], (key) => this.#wanted(key, due, head));
  }

  async #apply(head: HeldHead): Promise<void> {
    const due = new Map(this.#due);
    this.#due.clear();
    const faults: Fault[] = [];
    const changes: Change<B>[] = [];
    for (const [key, after] of due) {
      const before = this.#inForce.get(key) ?? null;
      const problem = bodyProblem(this.work.role, after);
      if (problem === undefined) changes.push({ key, before, after });
      else faults.push(notUnderstood(key, before?.version ?? this.#versionAtFault(key), problem));
    }
    try {
      if (changes.length > 0) faults.push(...(await this.work.apply(changes, head.seed)));
    } catch (error) {
      for (const [key, after] of due) if (!this.#due.has(key)) this.#due.set(key, after);
      throw error;
    }
    this.#settle(due, faults, (key) => this.#wanted(key, due, head));
  }

  /** What shall be in force of a key. Without a document: nothing, although something was found and could not go. */
  #wanted(key: string, due: ReadonlyMap<string, Document<B>>, head: HeldHead): Document<B> {
    const held = this.held.wanted(key) as Document<B> | undefined;
    return due.get(key) ?? held ?? this.#faults.get(key)?.wanted ?? tombstone(key, head);
  }

  #settleAll(
    documents: ReadonlyMap<string, Document<B>>,
    faults: readonly Fault[],
    wanted: (key: string) => Document<B>,
  ): void {
    const before = new Map(this.#inForce);
    const kept = faults.map((fault) => ({ fault, document: wanted(fault.key) }));
    this.#faults.clear();
    this.#inForce.clear();
    for (const [key, document] of documents) this.#inForce.set(key, document);
    for (const { fault, document } of kept) {
      const former = before.get(fault.key);
      if (this.#inForce.get(fault.key)?.version !== fault.versionInForce) this.#inForce.delete(fault.key);
      if (former?.version === fault.versionInForce) this.#inForce.set(fault.key, former);
      this.#keepFault(fault, document);
    }
  }

  #settle(
    due: ReadonlyMap<string, Document<B>>,
    faults: readonly Fault[],
    wanted: (key: string) => Document<B>,
  ): void {
    const faulty = new Set(faults.map((fault) => fault.key));
    for (const [key, after] of due) {
      if (faulty.has(key)) continue;
      this.#faults.delete(key);
      if (after.body === null) this.#inForce.delete(key);
      else this.#inForce.set(key, after);
    }
    for (const fault of faults) this.#keepFault(fault, wanted(fault.key));
  }

  #keepFault(fault: Fault, wanted: Document<B>): void {
    if (this.#inForce.get(fault.key)?.version !== fault.versionInForce) this.#inForce.delete(fault.key);
    if (this.#faults.get(fault.key)?.fault.message !== fault.message) {
      this.logger.warn({ fault }, 'a document could not be put in force; it is tried again');
    }
    this.#faults.set(fault.key, { fault, wanted });
  }

  #versionAtFault(key: string): number | null {
    return this.#faults.get(key)?.fault.versionInForce ?? null;
  }

  /** Also by a batch that changed nothing here, such as the first one of a new epoch. */
  #isBehind(): boolean {
    return this.#allDue || this.#due.size > 0 || this.#head !== this.held.head;
  }

  #armRetry(): void {
    clearTimeout(this.#retry);
    if (this.#stopped || (this.#faults.size === 0 && this.#failure === null)) return;
    this.#retry = setTimeout(() => this.#tryAgain(), this.retryMs);
  }

  #tryAgain(): void {
    for (const [key, { wanted }] of this.#faults) if (!this.#due.has(key)) this.#due.set(key, wanted);
    this.#run();
  }
}

/** For what was found and could not be removed: no document names it any more. */
function tombstone<B extends DocumentBody>(key: string, { version, revision }: HeldHead): Document<B> {
  return { key, version, revision, body: null };
}
