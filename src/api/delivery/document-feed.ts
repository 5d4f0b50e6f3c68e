/**
 * Hands every document that moves to the streams of this process. It reads each change once, whatever the number of
 * streams, and keeps nothing: the database is the truth, and another process on it serves the same.
 */
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HEARTBEAT_MS } from '../../contract/stream.js';
import { ApiLogger } from '../http/api-logger.js';
import { readCommitOrder } from '../store/commit-order.js';
import { ChangeListener } from './change-listener.js';
import type { DocumentStream } from './document-stream.js';
import { readCatchUp, readChanges } from './read-documents.js';

@Injectable()
export class DocumentFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly streams = new Map<string, Set<DocumentStream>>();
  private cursor: number | null = null;
  private reading = false;
  private moved = false;
  private heartbeat: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ChangeListener) private readonly changes: ChangeListener,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.changes.onChange(() => void this.read());
    this.heartbeat = setInterval(() => this.each((stream) => stream.beat()), HEARTBEAT_MS);
  }

  /** The HTTP server closes after this, and waits for every connection that still has an answer to come. */
  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearInterval(this.heartbeat);
    this.each((stream) => stream.end());
  }

  /** @param since version that the node holds in this cluster and epoch; null for a snapshot. */
  async open(stream: DocumentStream, since: number | null): Promise<void> {
    if (this.stopped) throw new Error('this process stops');
    const ofScope = this.streams.get(stream.scope) ?? new Set();
    this.streams.set(stream.scope, ofScope.add(stream));
    const { manager } = this.dataSource;
    // The feed must begin no later than the stream does, or what is committed in between reaches nobody.
    this.cursor ??= (await readCommitOrder(manager)).version;
    stream.open(await readCatchUp(manager, stream.scope, since));
  }

  close(stream: DocumentStream): void {
    const ofScope = this.streams.get(stream.scope);
    ofScope?.delete(stream);
    if (ofScope?.size === 0) this.streams.delete(stream.scope);
  }

  private async read(): Promise<void> {
    this.moved = true;
    if (this.reading) return;
    this.reading = true;
    try {
      while (this.moved) {
        this.moved = false;
        await this.readOnce();
      }
    } catch (error) {
      this.logger.log.warn({ err: error }, 'could not read what moved; trying again with the next poll');
    } finally {
      this.reading = false;
    }
  }

  private async readOnce(): Promise<void> {
    const { manager } = this.dataSource;
    if (this.streams.size === 0 || this.cursor === null) {
      // Nobody listens: remember only where the next reader would begin.
      this.cursor = (await readCommitOrder(manager)).version;
      return;
    }
    const { scopes, ...history } = await readChanges(manager, this.cursor);
    this.cursor = history.version;
    for (const batch of scopes) {
      for (const stream of this.streams.get(batch.scope) ?? []) stream.push(history, batch);
    }
  }

  private each(visit: (stream: DocumentStream) => void): void {
    for (const ofScope of this.streams.values()) ofScope.forEach(visit);
  }
}
