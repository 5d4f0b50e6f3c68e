/**
 * Tells this process that documents moved: by NOTIFY, which is sent in the transaction that moved them, and by a slow
 * poll in case a notification is lost with its connection. Whoever is told must read what moved; nothing is promised
 * about how often it is told.
 */
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { ApiLogger } from '../http/api-logger.js';
import { DatabaseUrl } from '../store/database-url.js';
import { DOCUMENTS_CHANNEL } from './publish/publish-documents.js';

const POLL_MS = 2_000;
const RECONNECT_MS = 500;

@Injectable()
export class ChangeListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly listeners = new Set<() => void>();
  private client: pg.Client | null = null;
  private poll: NodeJS.Timeout | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    @Inject(DatabaseUrl) private readonly database: DatabaseUrl,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.poll = setInterval(() => this.tell(), POLL_MS);
    await this.listen();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.poll);
    clearTimeout(this.reconnect);
    await this.client?.end();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  private async listen(): Promise<void> {
    const client = new pg.Client({ connectionString: this.database.url, keepAlive: true });
    client.on('notification', () => this.tell());
    client.on('error', (error) => this.lost(error));
    client.on('end', () => this.lost(new Error('the connection ended')));
    try {
      await client.connect();
      await client.query(`LISTEN ${DOCUMENTS_CHANNEL}`);
      this.client = client;
      this.tell();
    } catch (error) {
      this.lost(error);
    }
  }

  private lost(error: unknown): void {
    if (this.stopped || this.reconnect !== undefined) return;
    this.logger.log.warn({ err: error }, 'lost the connection for notifications; polling until it is back');
    this.client = null;
    this.reconnect = setTimeout(() => {
      this.reconnect = undefined;
      void this.listen();
    }, RECONNECT_MS);
  }
}
