/**
 * Keeps this node on the control plane's stream: connects, takes what it may take, and connects anew.
 * Whatever the other end does, what is held stays until something newer was judged and taken.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthOf } from '../contract/blast-radius.js';
import { decodeDocumentsMessage } from '../contract/decode-documents.js';
import type { Position } from '../contract/stream.js';
import { decodeText } from '../contract/strict-decoder.js';
import type { Logger } from '../platform/logger.js';
import { Backoff } from '../platform/backoff.js';
import { BatchAssembler } from './batch-assembler.js';
import { readDocumentStream } from './document-stream.js';
import type { HeldDocument } from './held/held-documents.js';
import type { HeldStore } from './held/held-store.js';
import { judgeBatch, type Batch } from './judge-batch.js';
import type { NodeIdentity } from './node-identity.js';
import { NOTHING_APPROVED, readReleaseApproval, type ReleaseApproval } from './release-approval.js';
import { RequestRefused } from './request-refused.js';

/**
 * Least pause once something was refused twice in a row. After the first time a snapshot may help, or another replica of
 * the control plane; the next one will be refused as well until somebody mends something. The pause is up to twice as
 * long, so that nodes do not ask all at once.
 */
const REFUSED_PAUSE_MS = 30_000;

/** Something was refused; the connection is of no more use. */
class StreamRefused extends Error {
  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

export interface FollowerOptions {
  readonly apiUrl: string;
  readonly stateDir: string;
  readonly identity: NodeIdentity;
  readonly store: HeldStore;
  readonly logger: Logger;
  readonly silenceMs?: number;
  readonly healthOf: HealthOf;
  onOpen(): void;
  /** A question came, with these data. Must not throw. */
  onQuestion(data: string): void;
  /** A batch was judged good, journaled and taken into memory. */
  onTaken(taken: {
    readonly batch: Batch;
    readonly changed: readonly HeldDocument[];
    readonly whole: boolean;
  }): void;
}

export class Follower {
  readonly #backoff = new Backoff();
  #askSnapshot = false;
  /** Batches refused since something was taken. */
  #refused = 0;
  #approval: ReleaseApproval = NOTHING_APPROVED;
  /** Why the last thing that arrived was not taken; null once something was. */
  refusal: Refusal | null = null;
  #complaint: string | undefined;

  constructor(private readonly options: FollowerOptions) {}

  /** Resolves when the signal is aborted. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let opened: number | undefined;
      try {
        await this.#connect(signal, () => (opened = performance.now()));
        this.#complain(new Error('the control plane closed the stream'));
      } catch (error) {
        if (signal.aborted) return;
        this.#complain(error);
      }
      if (opened !== undefined) this.#backoff.lived(performance.now() - opened);
      await sleep(this.#pause(), undefined, { signal }).catch(() => undefined);
    }
  }

  #pause(): number {
    const usual = this.#backoff.next();
    return this.#refused > 1 ? REFUSED_PAUSE_MS * (1 + Math.random()) : usual;
  }

  async #connect(signal: AbortSignal, onOpen: () => void): Promise<void> {
    const { apiUrl, identity, silenceMs, stateDir } = this.options;
    this.#approval = await readReleaseApproval(stateDir);
    const assembler = new BatchAssembler();
    const position = this.#position();
    this.#askSnapshot = false;
    await readDocumentStream(
      {
        apiUrl,
        credential: identity.credential,
        position,
        signal,
        ...(silenceMs === undefined ? {} : { silenceMs }),
      },
      {
        onOpen: () => {
          onOpen();
          this.options.onOpen();
        },
        onMessage: (data) => this.#receive(assembler, data),
        onQuestion: (data) => this.options.onQuestion(data),
      },
    );
  }

  #position(): Position | null {
    const { store, identity } = this.options;
    const { head } = store.held;
    if (this.#askSnapshot || head === null || head.cluster !== identity.cluster) return null;
    return head;
  }

  #receive(assembler: BatchAssembler, data: string): void {
    const decoded = decodeText(decodeDocumentsMessage, data);
    if (!decoded.ok) this.#refuse('NotUnderstood', `a message is not understood: ${decoded.problem}`);
    else {
      const batch = assembler.add(decoded.value);
      if (batch !== undefined) this.#take(batch);
    }
  }

  #take(batch: Batch): void {
    const { store, identity } = this.options;
    const judgement = judgeBatch(store.held, identity, batch, this.#approval, this.options.healthOf);
    if (!judgement.taken) return this.#refuse(judgement.reason, judgement.message);
    store.take(judgement.head, judgement.changed);
    this.refusal = null;
    this.#refused = 0;
    this.#complaint = undefined;
    this.options.onTaken({ batch, changed: judgement.changed, whole: judgement.whole });
  }

  #refuse(reason: string, message: string): never {
    this.#askSnapshot = reason === 'DigestMismatch' || reason === 'NotUnderstood';
    this.#refused += 1;
    this.refusal = { reason, message };
    throw new StreamRefused(reason, message);
  }

  /** The same trouble is logged once, until something was taken again. */
  #complain(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const { logger } = this.options;
    if (message === this.#complaint) return void logger.debug({ err: error }, 'the stream ended again');
    this.#complaint = message;
    if (error instanceof StreamRefused) {
      logger.error({ reason: error.reason, detail: message }, 'documents were refused; what is held stays');
    } else if (error instanceof RequestRefused) {
      logger.error(
        { status: error.status, detail: error.detail },
        'the control plane refuses the stream; what is held stays',
      );
    } else {
      logger.warn({ err: error }, 'the stream of documents ended; connecting anew, what is held stays');
    }
  }
}
