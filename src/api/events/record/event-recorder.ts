/**
 * Records events whenever something moved: in one process of all on the database, in turns. A turn that is cut short, by
 * whatever, has recorded nothing, and is taken by the next. It works at most a third of the time, so that what it costs
 * does not grow with how often things move, and nobody who changes or reports something waits for it.
 */
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeListener } from '../../delivery/change-listener.js';
import { ApiLogger } from '../../http/api-logger.js';
import { Transactions } from '../../store/transactions.js';
import { NO_MEMORY, recordEvents, type Memory } from './record-events.js';

/** Nodes fall silent without a word, and a notification may be lost. */
const POLL_MS = 1_000;
/** So many of the services are looked at again each ROUND_MS, in case something moved that nobody thought of. */
const ROUND = 50;
const ROUND_MS = 5_000;
/** After a turn: so long at least, and twice as long as it took. */
const SHORTEST_PAUSE_MS = 50;

@Injectable()
export class EventRecorder implements OnApplicationBootstrap, OnApplicationShutdown {
  private memory: Memory = NO_MEMORY;
  private poll: NodeJS.Timeout | undefined;
  private working: Promise<void> | null = null;
  private isDue = false;
  private stopped = false;
  private wasChosen = false;
  private nextRound = 0;

  constructor(
    @Inject(ChangeListener) private readonly changes: ChangeListener,
    @Inject(Transactions) private readonly transactions: Transactions,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  onApplicationBootstrap(): void {
    const wake = () => {
      if (this.wasChosen) this.wake();
    };
    this.changes.onRevisions(wake);
    this.changes.onChange(wake);
    this.changes.onReports(wake);
    this.changes.onNodes(wake);
    this.poll = setInterval(() => this.wake(), POLL_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.poll);
    await this.working;
  }

  private wake(): void {
    this.isDue = true;
    this.working ??= this.work().finally(() => (this.working = null));
  }

  private async work(): Promise<void> {
    while (this.isDue && !this.stopped) {
      this.isDue = false;
      const began = performance.now();
      try {
        await this.turn();
      } catch (error) {
        this.memory = NO_MEMORY;
        this.logger.log.warn({ err: error }, 'could not record events; trying again with the next poll');
      }
      await sleep(Math.max(SHORTEST_PAUSE_MS, 2 * (performance.now() - began)));
    }
  }

  private async turn(): Promise<void> {
    this.wasChosen = await this.changes.isChosen();
    if (!this.wasChosen) {
      this.memory = NO_MEMORY;
      return;
    }
    const round = Date.now() >= this.nextRound ? ROUND : 0;
    const { memory, isMore, untold } = await this.transactions.run((manager) =>
      recordEvents(manager, this.memory, round),
    );
    this.memory = memory;
    for (const { id, error } of untold)
      this.logger.log.warn(
        { err: error, virtualServiceId: id },
        'could not tell the status of a virtual service',
      );
    if (round > 0) this.nextRound = Date.now() + ROUND_MS;
    if (isMore) this.isDue = true;
  }
}
