import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

async function rowsOf(database: TestDatabase, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

it('hands every test a migrated database of its own and takes it away again', async () => {
  const [one, other] = [await createTestDatabase(), await createTestDatabase()];
  await rowsOf(one, 'CREATE TABLE mine ()');
  expect(await rowsOf(one, 'SELECT count(*)::int AS n FROM schema_migration')).not.toEqual([{ n: 0 }]);
  expect(await rowsOf(other, "SELECT to_regclass('mine') AS mine")).toEqual([{ mine: null }]);
  await one.drop();
  await expect(rowsOf(one, 'SELECT 1')).rejects.toThrow('does not exist');
  await other.drop();
});
