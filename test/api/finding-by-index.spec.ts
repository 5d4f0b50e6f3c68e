/** What PostgreSQL looks up lists by, beside 2,000 services: an index whose expression is not the query's would lie idle. */
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPlaces } from '../../src/api/finding/find-places.js';
import { readListQuery } from '../../src/api/finding/list-query.js';
import { totalOrder } from '../../src/api/finding/sort.js';
import { createDataSource } from '../../src/api/store/data-source.js';
import { VIRTUAL_SERVICES } from '../../src/api/virtual-services/virtual-service.listing.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const { listing } = VIRTUAL_SERVICES;
const SEED = `
  INSERT INTO virtual_service (id, name, description, address, port, protocol, force_l4, enabled, scheduler, health_check,
    drain_seconds, tags, revision, created_at, updated_at)
  SELECT gen_random_uuid(), 'service-' || n, 'at host' || n || '.example.com', '198.18.0.0'::inet + n, 80, 'tcp', true, true,
    'maglev', '{"type": "none"}', 300, jsonb_build_object('team', 't' || n % 100), n, now() + n * interval '1 s', now()
  FROM generate_series(1, 2000) AS n`;

let database: TestDatabase;
let dataSource: Awaited<ReturnType<ReturnType<typeof createDataSource>['initialize']>>;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  await dataSource.query(SEED);
  await dataSource.query('ANALYZE virtual_service');
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** The plan of the statement that a query becomes. */
async function planOf(query: Record<string, string>): Promise<string> {
  const read = readListQuery(listing, query);
  const explaining = {
    query: async (sql: string, parameters: unknown[]) => {
      const rows: object[] = await dataSource.query(`EXPLAIN ${sql}`, parameters);
      plan = rows.flatMap((row) => Object.values(row)).join('\n');
      return [];
    },
  };
  let plan = '';
  const manager = explaining as unknown as EntityManager;
  await findPlaces(manager, VIRTUAL_SERVICES, read, totalOrder(listing, read.order), null, 51);
  return plan;
}

it('alternatives are each looked up by an index of their own', async () => {
  const plan = await planOf({ or: 'tag.team=t7|name=service-7' });
  expect(plan).toMatch(/BitmapOr/);
  expect(plan).toMatch(/virtual_service_name_idx/);
  expect(plan).toMatch(/virtual_service_tags_idx/);
});

it.each([
  [{}, 'created_idx'],
  [{ sort: '-createdAt' }, 'created_idx'],
  [{ sort: 'name' }, 'name_idx'],
  [{ sort: '-name' }, 'name_idx'],
  [{ name: 'service-7' }, 'name_idx'],
  [{ 'tag.team': 't7' }, 'tags_idx'],
  [{ q: 'example host7' }, 'words_idx'],
  [{ address: '198.18.0.7' }, 'overlaps|address_idx'],
])('%o is looked up by its index', async (query, index) => {
  const plan = await planOf(query);
  expect(plan).toMatch(new RegExp(`virtual_service_(${index})\\b`));
  expect(plan).not.toMatch(/Seq Scan on virtual_service/);
});

it('what has no index is found out', async () => {
  expect(await planOf({ sort: 'revision' })).toMatch(/Seq Scan on virtual_service/);
});
