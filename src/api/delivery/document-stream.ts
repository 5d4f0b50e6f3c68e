/**
 * One node's stream. Documents that wait for a slow node replace each other by key, so a stalled reader costs at most
 * one copy of what it shall hold, and holds up nobody else.
 */
import type { Document } from '../../contract/documents.js';
import { CONTRACT_FORMAT } from '../../contract/documents.js';
import { DOCUMENTS_EVENT, type DocumentsMessage } from '../../contract/stream.js';
import type { EventSink } from '../http/event-sink.js';
import type { NodeIdentity } from '../http/request-context.js';
import { DIRECTORS_SCOPE } from './publish/write-documents.js';
import type { CatchUp, History, ScopeBatch } from './read-documents.js';

/** Documents in one event. */
const PART_SIZE = 200;
/** Who asks waits for seconds; what a stalled node was asked longer ago is of no use. */
const MOST_ASIDES = 64;

type Pending = Pick<DocumentsMessage, 'kind' | 'digest'> & {
  readonly history: History;
  readonly documents: Map<string, Document>;
};

export class DocumentStream {
  private pending: Pending | null = null;
  /** Pushed before the first batch was there. */
  private early: [History, ScopeBatch][] | null = [];
  /** Events beside the documents. */
  private asides: string[] = [];
  private version = 0;
  private writing = false;

  constructor(
    readonly node: NodeIdentity,
    private readonly sink: EventSink,
  ) {}

  /** A director's documents are those of all directors; an agent's are its own. */
  get scope(): string {
    return this.node.role === 'director' ? DIRECTORS_SCOPE : this.node.id;
  }

  /** The first batch; what was pushed before it follows. */
  open({ kind, digest, documents, ...history }: CatchUp): void {
    this.version = history.version;
    this.pending = { kind, digest, history, documents: new Map(documents.map((each) => [each.key, each])) };
    const early = this.early ?? [];
    this.early = null;
    for (const [at, batch] of early) this.push(at, batch);
    void this.flush();
  }

  /** A batch that everybody of the scope gets; what this stream has seen already is left out. */
  push(history: History, batch: ScopeBatch): void {
    if (this.early !== null) {
      this.early.push([history, batch]);
      return;
    }
    if (history.version <= this.version) return;
    const news = batch.documents.filter(({ version }) => version > this.version);
    this.version = history.version;
    if (this.pending === null) {
      this.pending = { kind: 'delta', digest: batch.digest, history, documents: new Map() };
    } else {
      this.pending = { ...this.pending, digest: batch.digest, history };
    }
    for (const document of news) this.pending.documents.set(document.key, document);
    void this.flush();
  }

  /** Sends an event as soon as what is being written is out; documents that wait come after it. */
  say(event: string): void {
    this.asides = [...this.asides, event].slice(-MOST_ASIDES);
    void this.flush();
  }

  /** Hangs up. A node that is still welcome comes back, to this process or another one. */
  end(): void {
    this.sink.end();
  }

  beat(): void {
    if (!this.writing) void this.write([': beat\n\n']);
  }

  private async flush(): Promise<void> {
    while (this.isWaiting && !this.writing) {
      const { asides, pending } = this;
      this.asides = [];
      this.pending = null;
      await this.write(outgoing(asides, pending));
    }
  }

  private async write(texts: Iterable<string>): Promise<void> {
    this.writing = true;
    try {
      for (const text of texts) await this.sink.write(text);
    } catch {
      this.sink.end();
    } finally {
      this.writing = false;
    }
    if (this.isWaiting) void this.flush();
  }

  private get isWaiting(): boolean {
    return this.pending !== null || this.asides.length > 0;
  }
}

function* outgoing(asides: readonly string[], pending: Pending | null): Generator<string> {
  yield* asides;
  if (pending !== null) yield* events(pending);
}

function* events({ kind, digest, history, documents }: Pending): Generator<string> {
  const all = [...documents.values()];
  const { cluster, epoch, seed, revision, version } = history;
  let start = 0;
  do {
    const part = all.slice(start, start + PART_SIZE);
    start += PART_SIZE;
    const message: DocumentsMessage = {
      format: CONTRACT_FORMAT,
      kind,
      cluster,
      epoch,
      version,
      revision,
      seed,
      digest,
      last: start >= all.length,
      documents: part,
    };
    yield `event: ${DOCUMENTS_EVENT}\ndata: ${JSON.stringify(message)}\n\n`;
  } while (start < all.length);
}
