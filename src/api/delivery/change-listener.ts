/**
 * Tells this process that documents moved: by NOTIFY, which is sent in the transaction that moved them, and by a slow
 * poll in case a notification is lost with its connection. Whoever is told must read what moved; nothing is promised
 * about how often it is told.
 */
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { ApiLogger } from '../http/api-logger.js';
import { CHOSEN_WORD_MS, sayStillChosen, tryToBeChosen } from './chosen-process.js';
import { DatabaseUrl } from '../store/database-url.js';
import {
  ANSWERS_CHANNEL,
  DOCUMENTS_CHANNEL,
  EVENTS_CHANNEL,
  NODES_CHANNEL,
  QUESTIONS_CHANNEL,
  REPORTS_CHANNEL,
  REVISIONS_CHANNEL,
} from '../store/channels.js';

const CHANNELS = [
  DOCUMENTS_CHANNEL,
  NODES_CHANNEL,
  REPORTS_CHANNEL,
  QUESTIONS_CHANNEL,
  ANSWERS_CHANNEL,
  REVISIONS_CHANNEL,
  EVENTS_CHANNEL,
];
const POLL_MS = 2_000;
const RECONNECT_MS = 500;
const CONNECT_LIMIT_MS = 3_000;

@Injectable()
export class ChangeListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly onDocuments = new Set<(version: number | null) => void>();
  private readonly onNode = new Set<() => void>();
  private readonly onReport = new Set<() => void>();
  private readonly onRevision = new Set<() => void>();
  private readonly onEvent = new Set<() => void>();
  private readonly onQuestion = new Set<(nodeId: string, questionId: string) => void>();
  private readonly onAnswer = new Set<(questionId: string) => void>();
  private client: pg.Client | null = null;
  /** The connection that holds the lock. */
  private chosen: pg.Client | null = null;
  private saidAt = 0;
  private poll: NodeJS.Timeout | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    @Inject(DatabaseUrl) private readonly database: DatabaseUrl,
    @Inject(ApiLogger) private readonly logger: ApiLogger,
  ) {}

  /** @param listener is told the version that documents have reached, or null where that is not known. */
  onChange(listener: (version: number | null) => void): void {
    this.onDocuments.add(listener);
  }

  /** A node was forgotten, or joined anew. Not polled: who needs it looks by itself from time to time. */
  onNodes(listener: () => void): void {
    this.onNode.add(listener);
  }

  /** Nodes reported something that statuses may move by. Not polled. */
  onReports(listener: () => void): void {
    this.onReport.add(listener);
  }

  /** A revision was taken. Not polled. */
  onRevisions(listener: () => void): void {
    this.onRevision.add(listener);
  }

  /** Events were recorded. Not polled. */
  onEvents(listener: () => void): void {
    this.onEvent.add(listener);
  }

  /** Some process asks a node. Never told again: who asks waits for no more than seconds. */
  onQuestions(listener: (nodeId: string, questionId: string) => void): void {
    this.onQuestion.add(listener);
  }

  /** Some process has taken the answer to a question. Never told again. */
  onAnswers(listener: (questionId: string) => void): void {
    this.onAnswer.add(listener);
  }

  /**
   * Whether this is the one process of all on the database that does what need not be done twice. It stays so for as
   * long as its connection for notifications lives and it asks this every few seconds; then another one is. Nobody may
   * depend on there being one, or no more than one.
   */
  async isChosen(): Promise<boolean> {
    const { client } = this;
    if (client === null) return false;
    if (this.chosen !== client) {
      if (await tryToBeChosen(client)) this.chosen = client;
    } else if (performance.now() - this.saidAt > CHOSEN_WORD_MS) {
      await sayStillChosen(client);
      this.saidAt = performance.now();
    }
    return this.chosen === client && this.client === client;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.poll = setInterval(() => this.moved(null), POLL_MS);
    await this.listen();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.poll);
    clearTimeout(this.reconnect);
    await this.client?.end();
  }

  private moved(version: number | null): void {
    for (const listener of this.onDocuments) listener(version);
  }

  private movedNodes(): void {
    for (const listener of this.onNode) listener();
  }

  private hear(channel: string, payload: string): void {
    if (channel === DOCUMENTS_CHANNEL) this.moved(Number(payload) || null);
    if (channel === NODES_CHANNEL) this.movedNodes();
    if (channel === REPORTS_CHANNEL) for (const listener of this.onReport) listener();
    if (channel === REVISIONS_CHANNEL) for (const listener of this.onRevision) listener();
    if (channel === EVENTS_CHANNEL) for (const listener of this.onEvent) listener();
    const [first = '', second = ''] = payload.split(' ', 2);
    if (channel === QUESTIONS_CHANNEL) for (const listener of this.onQuestion) listener(first, second);
    if (channel === ANSWERS_CHANNEL) for (const listener of this.onAnswer) listener(first);
  }

  private async listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.database.url,
      keepAlive: true,
      // Until it is connected, nothing else would ever end it.
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
    });
    this.client = client;
    client.on('notification', ({ channel, payload = '' }) => this.hear(channel, payload));
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('the connection ended')));
    try {
      await client.connect();
      await client.query(CHANNELS.map((channel) => `LISTEN ${channel}`).join('; '));
      this.moved(null);
      this.movedNodes();
    } catch (error) {
      this.lost(client, error);
    }
  }

  /** Each client is lost once, whatever it still has to say. */
  private lost(client: pg.Client, error: unknown): void {
    if (this.stopped || this.client !== client) return;
    this.client = null;
    this.logger.log.warn({ err: error }, 'lost the connection for notifications; polling until it is back');
    client.end().catch(() => undefined);
    this.reconnect = setTimeout(() => void this.listen(), RECONNECT_MS);
  }
}
