/** What has to be done because time goes by, and not because somebody asked. Every process does it; none has to. */
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventRetention } from '../events/event-retention.js';
import { pruneEvents } from '../events/prune-events.js';
import { ApiLogger } from '../http/api-logger.js';
import { pruneKeptAnswers } from '../http/idempotency/kept-answers.js';
import { Transactions } from '../store/transactions.js';
import { endDrains } from './end-drains.js';
import { EndIdleDrains } from './end-idle-drains.js';
import { endWaits } from './end-waits.js';
import { pruneHealthFacts } from './prune-health-facts.js';
import { pruneTombstones } from './prune-tombstones.js';
import { pruneQuestions } from './questions/prune-questions.js';
import { repeat } from './repeat.js';

const DRAINS_MS = 1_000;
const IDLE_DRAINS_MS = 5_000;
const WAITS_MS = 5_000;
const TOMBSTONES_MS = 60_000;
const HEALTH_FACTS_MS = 60_000;
const QUESTIONS_MS = 300_000;
const KEPT_ANSWERS_MS = 300_000;
const EVENTS_MS = 60_000;

@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnApplicationShutdown {
  private stops: (() => Promise<void>)[] = [];

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Transactions) private readonly transactions: Transactions,
    @Inject(EndIdleDrains) private readonly idleDrains: EndIdleDrains,
    @Inject(EventRetention) private readonly retention: EventRetention,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  onApplicationBootstrap(): void {
    const { dataSource, transactions, idleDrains, retention, logger } = this;
    this.stops = [
      repeat('end drains', DRAINS_MS, () => endDrains(dataSource, transactions), logger.log),
      repeat('end drains without flows', IDLE_DRAINS_MS, () => idleDrains.pass(), logger.log),
      repeat('end waits', WAITS_MS, () => endWaits(dataSource, transactions), logger.log),
      repeat('prune tombstones', TOMBSTONES_MS, () => pruneTombstones(dataSource, transactions), logger.log),
      repeat('prune health facts', HEALTH_FACTS_MS, () => pruneHealthFacts(dataSource), logger.log),
      repeat('prune kept answers', KEPT_ANSWERS_MS, () => pruneKeptAnswers(dataSource), logger.log),
      repeat('forget events', EVENTS_MS, () => pruneEvents(dataSource, retention.days), logger.log),
      repeat('prune questions', QUESTIONS_MS, () => pruneQuestions(dataSource), logger.log),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.stops.map((stop) => stop()));
  }
}
