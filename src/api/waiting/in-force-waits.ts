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
import { DataSource, type EntityManager } from 'typeorm';
import type { MissingNode } from '../../domain/missing-nodes.js';
import { ChangeListener } from '../delivery/change-listener.js';
import { ApiLogger } from '../http/api-logger.js';
import { onOneConnection } from '../store/on-one-connection.js';
import { readMissing } from './read-missing.js';

/** In this process; a look takes the longer the more services are waited for. */
export const MOST_WAITING = 200;
/** After a look nothing is looked at for as long as it took, and at least so long. */
const SHORTEST_PAUSE_MS = 5;

/** How many services one that waits for many has looked at together. */
const MOST_LOOKED_AT = 250;
/** The same while some of those that were looked at last are lacking: they tell enough, and each report has them looked at. */
const FEW_LOOKED_AT = 20;

interface Waiting {
  /** Ids of the services that are still to be seen in force, those that are lacking first. */
  left: readonly string[];
  /** Of what was looked at last. Null: nobody has looked yet. */
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
   * Of many services a few are looked at together, and the next when those are in force: what was seen first can have
   * changed by the end.
   * @returns the nodes that lack it when all is in force, the time is up, the caller has gone or this process stops; of many
   * services some of those nodes. Null: that is not known, for too many wait already, or the database did not tell.
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
      const one: Waiting = { left: ids, missing: null, end };
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
    const asking = [...this.waiting].map((one) => ({ one, ids: nextOf(one) }));
    const ids = [...new Set(asking.flatMap((each) => each.ids))];
    try {
      const missing = await onOneConnection(this.dataSource, (manager) => readInPieces(manager, ids));
      for (const { one, ids: seen } of asking) this.sawOf(one, seen, missing);
    } catch (error) {
      this.logger.log.warn(
        { err: error },
        'could not see what is in force; looking again with the next poll',
      );
    }
  }

  private sawOf(one: Waiting, seen: readonly string[], missing: Missing): void {
    const lacking = seen.filter((id) => (missing.get(id) ?? []).length > 0);
    one.missing = lacking.flatMap((id) => missing.get(id) ?? []);
    one.left = [...lacking, ...one.left.slice(seen.length)];
    if (one.left.length === 0) one.end();
    // The next may be in force already, and then nobody will tell of it.
    else if (lacking.length === 0) this.isDue = true;
  }
}

type Missing = ReadonlyMap<string, readonly MissingNode[]>;

function nextOf({ left, missing }: Waiting): readonly string[] {
  const isLacking = missing !== null && missing.length > 0;
  return left.slice(0, isLacking ? FEW_LOOKED_AT : MOST_LOOKED_AT);
}

/** Whoever asks this process for anything else gets its turn between two pieces. */
async function readInPieces(manager: EntityManager, ids: readonly string[]): Promise<Missing> {
  const missing = new Map<string, readonly MissingNode[]>();
  for (let first = 0; first < ids.length; first += MOST_LOOKED_AT) {
    const piece = await readMissing(manager, ids.slice(first, first + MOST_LOOKED_AT));
    for (const [id, nodes] of piece) missing.set(id, nodes);
  }
  return missing;
}
