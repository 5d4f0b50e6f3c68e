/**
 * Sees whatever is done to a database: each row with its place on disk and the transaction that wrote it, sequences,
 * PostgreSQL's own count of writes, and every notification. Questions to directors pass through it and are looked away
 * from: they are nobody's wish, and go with their answers. So is what is written by who records events: it looks by itself,
 * as at a node that is silent for long, while somebody asks for something else.
 */
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { ApiUnderTest } from './api-under-test.js';

const CONNECTIONS = 10;
/** Longer than whoever looks now and then waits until it looks again. */
const PAUSE_MS = 1_200;

const NOT_WATCHED = "('question', 'event', 'event_log', 'due_status', 'told_status', 'told_node')";

/** Everything that must be as it was. */
export type Seen = Readonly<Record<string, unknown>>;

export class WatchedDatabase {
  readonly notified: string[] = [];

  private constructor(
    private readonly api: ApiUnderTest,
    private readonly client: pg.Client,
    private readonly tables: readonly string[],
  ) {}

  static async of(api: ApiUnderTest): Promise<WatchedDatabase> {
    const client = new pg.Client(api.databaseUrl);
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I', relname) AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT IN ${NOT_WATCHED} ORDER BY 1`,
    );
    const watched = new WatchedDatabase(
      api,
      client,
      rows.map(({ name }) => name),
    );
    client.on('notification', ({ channel, payload }) => watched.notified.push(`${channel} ${payload}`));
    for (const channel of CHANNELS) await client.query(`LISTEN ${channel}`);
    return watched;
  }

  async see(): Promise<Seen> {
    await this.flushCounters();
    const tables: [string, unknown][] = [];
    for (const name of this.tables) tables.push([name, await this.one(rowsOf(name))]);
    const counted = await this.one(WRITES);
    return {
      ...Object.fromEntries(tables),
      sequences: await this.one(SEQUENCES),
      counted,
      notified: this.notified.length,
    };
  }

  /** Waits until nobody does anything any more: what was done before may still be recorded. */
  async settled(): Promise<void> {
    for (let before = ''; ; await setTimeout(PAUSE_MS)) {
      const now = JSON.stringify(await this.see());
      if (now === before) return;
      before = now;
    }
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** A connection tells what it has counted when it is next idle, and else seconds later. */
  private async flushCounters(): Promise<void> {
    await Promise.all(
      Array.from({ length: CONNECTIONS }, () =>
        this.api.query('SELECT pg_stat_force_next_flush(), pg_sleep(0.02)'),
      ),
    );
  }

  private async one(sql: string): Promise<unknown> {
    const { rows } = await this.client.query<{ seen: unknown }>(sql);
    return rows[0]?.seen;
  }
}

const CHANNELS = ['homeward_documents', 'homeward_reports', 'homeward_nodes', 'homeward_revisions'];

function rowsOf(table: string): string {
  return `SELECT count(*) || ' ' || coalesce(md5(string_agg(xmin::text || ctid::text || t::text, ',' ORDER BY ctid)), '') AS seen
    FROM ${table} t`;
}

const SEQUENCES = `SELECT jsonb_object_agg(sequencename, last_value) AS seen FROM pg_sequences`;
const WRITES = `SELECT jsonb_object_agg(relname, n_tup_ins + n_tup_upd + n_tup_del) AS seen FROM pg_stat_user_tables WHERE relname NOT IN ${NOT_WATCHED}`;
