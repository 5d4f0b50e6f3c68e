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
import { DataSource, type EntityManager } from 'typeorm';
import { HEARTBEAT_MS } from '../../contract/stream.js';
import { ApiLogger } from '../http/api-logger.js';
import { readCommitOrder } from '../store/commit-order.js';
import { Transactions } from '../store/transactions.js';
import { ChangeListener } from './change-listener.js';
import type { DocumentStream } from './document-stream.js';
import { endStrangers } from './end-strangers.js';
import { OpenStreams } from './open-streams.js';
import { readCatchUp, readChanges } from './read-documents.js';

@Injectable()
export class DocumentFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly streams = new OpenStreams();
  private cursor: number | null = null;
  private reading = false;
  private moved = false;
  private heartbeat: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ChangeListener) private readonly changes: ChangeListener,
    @Inject(Transactions) private readonly transactions: Transactions,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.changes.onChange((version) => {
      // Read by the transaction itself, when it was one of this process.
      if (version === null || version > (this.cursor ?? 0)) void this.read(this.dataSource.manager);
    });
    this.transactions.behindCommit((manager) => this.read(manager));
    this.changes.onNodes(() => void this.endStrangers());
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
  }

  /** The HTTP server closes after this, and waits for every connection that still has an answer to come. */
  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearInterval(this.heartbeat);
    for (const stream of this.streams.all) stream.end();
  }

  /** How many nodes have a stream open to this process. */
  get openStreams(): number {
    return this.streams.all.length;
  }

  /** The stream of a node, where it hangs at this process. */
  streamOf(nodeId: string): DocumentStream | undefined {
    return this.streams.ofNode(nodeId);
  }

  /** @param since version that the node holds in this cluster and epoch; null for a snapshot. */
  async open(stream: DocumentStream, since: number | null): Promise<void> {
    if (this.stopped) throw new Error('this process stops');
    this.streams.add(stream);
    const { manager } = this.dataSource;
    // The feed must begin no later than the stream does, or what is committed in between reaches nobody.
    if (this.cursor === null) this.beginBy((await readCommitOrder(manager)).version);
    stream.open(await readCatchUp(manager, stream.scope, since));
  }

  close(stream: DocumentStream): void {
    this.streams.remove(stream);
  }

  private beginBy(version: number): void {
    this.cursor = Math.min(this.cursor ?? version, version);
  }

  /** @param manager for this read; what moves meanwhile is read over what connection there is. */
  private async read(manager: EntityManager): Promise<void> {
    this.moved = this.reading;
    if (this.reading) return;
    this.reading = true;
    try {
      await this.readOnce(manager);
    } catch (error) {
      this.logger.log.warn({ err: error }, 'could not read what moved; trying again with the next poll');
    } finally {
      this.reading = false;
    }
    if (this.moved) void this.read(this.dataSource.manager);
  }

  private async readOnce(manager: EntityManager): Promise<void> {
    if (this.streams.isEmpty || this.cursor === null) {
      // Nobody listens: remember only where the next reader would begin.
      const { version } = await readCommitOrder(manager);
      // Somebody may have come meanwhile, who begins earlier.
      if (this.streams.isEmpty || this.cursor === null) this.cursor = version;
      return;
    }
    const { scopes, ...history } = await readChanges(manager, this.cursor);
    this.cursor = history.version;
    for (const batch of scopes) {
      for (const stream of this.streams.ofScope(batch.scope)) stream.push(history, batch);
    }
  }

  private beat(): void {
    for (const stream of this.streams.all) stream.beat();
    void this.endStrangers();
  }

  private async endStrangers(): Promise<void> {
    try {
      await endStrangers(this.dataSource.manager, this.streams);
    } catch (error) {
      this.logger.log.warn(
        { err: error },
        'could not ask who is still known; trying again with the next beat',
      );
    }
  }
}
