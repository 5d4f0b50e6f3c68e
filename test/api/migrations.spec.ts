/** Migrations run up, down, and up again, over data as well, and end where the row classes are. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runMigrations } from '../../src/api/store/migrate.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

const OBJECTS = `
  SELECT 'relation ' || relname || ' ' || relkind::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION SELECT 'trigger ' || tgname FROM pg_trigger
  UNION SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
    FROM information_schema.columns WHERE table_schema = 'public'
  ORDER BY 1`;

/** TypeORM's own list of migrations, and triggers of constraints, which are named by number. */
const NOT_OURS = /schema_migration|PK_|^trigger (?:RI_|Unique_)/;

async function objects(): Promise<string[]> {
  const names = (await api.query<{ name: string }>(OBJECTS)).map(({ name }) => name);
  return names.filter((name) => !NOT_OURS.test(name));
}

async function revertAll(): Promise<void> {
  const { migrations } = api.dataSource;
  for (let count = 0; count < migrations.length; count++) await api.dataSource.undoLastMigration();
}

async function useIt(): Promise<void> {
  const director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  const agent = await TestNode.join(api, 'agent', 'web-1', ['192.0.2.11']);
  await director.follow();
  await agent.follow();
  const { id, realServers } = await api.createService({
    address: '192.0.2.200',
    realServers: [{ address: '192.0.2.11' }],
  });
  await agent.confirm();
  await director.confirm();
  expect(director.weights(id)).toEqual({ '192.0.2.11': 1000 });
  await api.insist(`/v1/virtual-services/${id}/real-servers/${realServers[0]?.id ?? ''}`, { enabled: false });
  director.leave();
  agent.leave();
}

it('leave nothing behind on the way down over data, and the same schema on the way up again', async () => {
  const fresh = await objects();
  expect(fresh.length).toBeGreaterThan(100);
  await useIt();
  await revertAll();
  expect(await objects()).toEqual([]);
  expect(await runMigrations(api.dataSource)).toHaveLength(api.dataSource.migrations.length);
  expect(await objects()).toEqual(fresh);
});

it('run once, by however many processes at the same time', async () => {
  await revertAll();
  const done = await Promise.all([1, 2, 3].map(() => runMigrations(api.dataSource)));
  expect(done.flat()).toHaveLength(api.dataSource.migrations.length);
  expect(await runMigrations(api.dataSource)).toEqual([]);
});

it('describe the schema of the row classes, and a difference would be seen', async () => {
  const pending = async () => (await api.dataSource.driver.createSchemaBuilder().log()).upQueries;
  expect((await pending()).map(({ query }) => query)).toEqual([]);
  await api.query('ALTER TABLE token ADD COLUMN stray integer');
  expect((await pending()).length).toBeGreaterThan(0);
  await api.query('ALTER TABLE token DROP COLUMN stray');
});
