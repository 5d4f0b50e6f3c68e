/**
 * Waits until all nodes have the newest state of services in force. However many wait, one look at the database is for
 * all of them, when PostgreSQL's NOTIFY tells that documents moved or nodes reported, and by the listener's slow poll. It
 * holds no connection between looks, ends with whoever waits, and must not keep the process from stopping.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { MissingNode } from '../../domain/missing-nodes.js';
import { ChangeListener } from '../delivery/change-listener.js';
import { ApiLogger } from '../http/api-logger.js';
import { onOneConnection } from '../store/on-one-connection.js';
import { readMissing } from './read-missing.js';

/** In this process; a look takes the longer the more services are waited for. */
export const MOST_WAITING = 200;
/** After a look nothing is looked at for as long as it took, and at least so long. */
const SHORTEST_PAUSE_MS = 5;

interface Waiting {
  readonly ids: readonly string[];
  /** Null: nobody has looked yet. */
  missing: readonly MissingNode[] | null;
  readonly end: () => void;
}

@Injectable()
export class InForceWaits implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly waiting = new Set<Waiting>();
  private isDue = false;
  private isLooking = false;
  private stopped = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ChangeListener) private readonly changes: ChangeListener,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  onApplicationBootstrap(): void {
    const wake = () => this.wake();
    this.changes.onChange(wake);
    this.changes.onReports(wake);
    this.changes.onNodes(wake);
  }

  /** The HTTP server closes after this, and waits for every answer that is still to come. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if ([...this.waiting].some(({ missing }) => missing === null)) await this.lookOnce();
    for (const { end } of this.waiting) end();
  }

  /** How many wait in this process. */
  get size(): number {
    return this.waiting.size;
  }

  /**
   * @returns the nodes that lack it when all is in force, the time is up, the caller has gone or this process stops. Null:
   * that is not known, for too many wait already, or the database did not tell.
   */
  async until(
    ids: readonly string[],
    withinMs: number,
    gone: AbortSignal,
  ): Promise<readonly MissingNode[] | null> {
    if (this.stopped || gone.aborted || this.waiting.size >= MOST_WAITING) return null;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        gone.removeEventListener('abort', end);
        this.waiting.delete(one);
        resolve(one.missing);
      };
      const one: Waiting = { ids, missing: null, end };
      const timer = setTimeout(end, withinMs);
      gone.addEventListener('abort', end);
      this.waiting.add(one);
      this.wake();
    });
  }

  private wake(): void {
    this.isDue = true;
    if (!this.isLooking) void this.look();
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    while (this.isDue && this.waiting.size > 0) {
      this.isDue = false;
      const began = performance.now();
      await this.lookOnce();
      await sleep(Math.max(SHORTEST_PAUSE_MS, performance.now() - began));
    }
    this.isLooking = false;
  }

  private async lookOnce(): Promise<void> {
    const asking = [...this.waiting];
    const ids = [...new Set(asking.flatMap((one) => one.ids))];
    try {
      const missing = await onOneConnection(this.dataSource, (manager) => readMissing(manager, ids));
      for (const one of asking) {
        one.missing = one.ids.flatMap((id) => missing.get(id) ?? []);
        if (one.missing.length === 0) one.end();
      }
    } catch (error) {
      this.logger.log.warn(
        { err: error },
        'could not see what is in force; looking again with the next poll',
      );
    }
  }
}
