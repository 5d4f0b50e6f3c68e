/** Takes servers whose drain is over out of the directors' documents. Any process may do it; the commit order keeps two from colliding. */
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ApiLogger } from '../http/api-logger.js';
import { holdCommits } from '../store/commit-order.js';
import { Transactions } from '../store/transactions.js';
import { publishDocuments } from './publish/publish-documents.js';

const LOOK_EVERY_MS = 1_000;

@Injectable()
export class EndDrains implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Transactions) private readonly transactions: Transactions,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.look().finally(() => this.schedule());
    }, LOOK_EVERY_MS);
  }

  private async look(): Promise<void> {
    try {
      const due: unknown[] = await this.dataSource.query('SELECT 1 FROM drain WHERE until <= now() LIMIT 1');
      if (due.length > 0) await this.transactions.run(endDueDrains);
    } catch (error) {
      this.logger.log.warn({ err: error }, 'could not end drains; trying again');
    }
  }
}

async function endDueDrains(manager: EntityManager): Promise<void> {
  const order = await holdCommits(manager);
  const [rows]: [{ id: string }[], number] = await manager.query(
    'DELETE FROM drain WHERE until <= now() RETURNING virtual_service_id AS id',
  );
  const serviceIds = [...new Set(rows.map(({ id }) => id))];
  await publishDocuments(manager, order, { serviceIds, vips: [] });
}
