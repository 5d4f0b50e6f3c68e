/** Has writes come to an API while one is on its way to its commit, so that they share the next transaction, and looks at what became of them. */
import type { Response, Test } from 'supertest';
import { expect } from 'vitest';
import type { ApiUnderTest, ServiceBody } from './api-under-test.js';
import { untilSo } from './until-so.js';

export const SERVICES = '/v1/virtual-services';
export const HOST = '192.0.2.11';
const WAIT_MS = 10_000;
/** Until those that were sent are read and stand in the queue. */
const ARRIVAL_MS = 200;

/** What the history has of one revision. */
export interface Kept {
  readonly number: number;
  readonly transaction: string;
  readonly request_id: string;
  readonly ticket: string | null;
  readonly actor: string;
  readonly objects: readonly string[];
}

export const statusesOf = (answers: readonly Response[]) => answers.map(({ status }) => status);

export class AtOneMoment {
  private ports = 0;

  constructor(private readonly api: ApiUnderTest) {}

  /** A service that is in nobody's way. */
  fresh(more: ServiceBody = {}): ServiceBody {
    this.ports += 1;
    return {
      address: '192.0.2.200',
      port: this.ports,
      protocol: 'tcp',
      realServers: [{ address: HOST }],
      ...more,
    };
  }

  create(body: ServiceBody, key?: string): Test {
    const asked = this.api.post(SERVICES, body);
    return key === undefined ? asked : asked.set('Idempotency-Key', key);
  }

  /** Sends these while one write of another service waits for somebody who holds the order of commits. */
  async together(requests: readonly (() => Test)[]): Promise<Response[]> {
    return Promise.all(await this.sent(requests));
  }

  /** The same, for who does not wait for all of them. */
  async sent(requests: readonly (() => Test)[]): Promise<readonly Promise<Response>[]> {
    const holder = this.api.dataSource.createQueryRunner();
    await holder.query('START TRANSACTION');
    await holder.query('SELECT 1 FROM cluster FOR UPDATE');
    const first = this.create(this.fresh({ name: 'first' })).then((answer) => answer);
    try {
      await untilSo(async () => (await this.waitingForOrder()) === 1, 'the first waits', WAIT_MS);
      const answers = requests.map((ask) => ask().then((answer) => answer));
      await new Promise((resolve) => void setTimeout(resolve, ARRIVAL_MS));
      expect(await this.waitingForOrder(), 'one transaction at a time').toBe(1);
      await holder.query('COMMIT');
      expect((await first).status).toBe(201);
      return answers;
    } finally {
      await holder.release();
    }
  }

  /** Whoever changes this service meanwhile has to wait. */
  async whileLocked(id: string, work: () => Promise<void>): Promise<void> {
    const holder = this.api.dataSource.createQueryRunner();
    await holder.query('START TRANSACTION');
    await holder.query('SELECT 1 FROM virtual_service WHERE id = $1 FOR UPDATE', [id]);
    try {
      await work();
    } finally {
      await holder.query('ROLLBACK');
      await holder.release();
    }
  }

  /** What the history has of the revisions of these answers, in their order. */
  historyOf(answers: readonly Response[]): Promise<Kept[]> {
    return this.api.query(
      `SELECT number::int AS number, r.xmin::text AS transaction, request_id, ticket, actor,
         ARRAY(SELECT object_type || ' ' || object_id FROM audit_entry WHERE revision = number ORDER BY position) AS objects
       FROM unnest($1::bigint[]) WITH ORDINALITY AS w (number, place) JOIN revision r USING (number) ORDER BY place`,
      [answers.map(({ body }) => (body as { revision: number }).revision)],
    );
  }

  async expectOneTransaction(answers: readonly Response[]): Promise<void> {
    expect(answers.filter(({ ok }) => !ok).map(({ text }) => text)).toEqual([]);
    const kept = await this.historyOf(answers);
    expect(kept).toHaveLength(answers.length);
    expect(new Set(kept.map(({ transaction }) => transaction)).size, 'one commit').toBe(1);
  }

  /** Revisions that were never written. */
  gaps(): Promise<unknown[]> {
    return this.api.query(
      `SELECT n FROM generate_series(1, (SELECT revision FROM cluster)) AS n
       WHERE NOT EXISTS (SELECT 1 FROM revision WHERE number = n)`,
    );
  }

  private async waitingForOrder(): Promise<number> {
    const rows = await this.api.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE cluster%'`,
    );
    return rows.length;
  }
}
