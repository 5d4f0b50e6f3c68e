/** Which process does what need not be done twice: not one that was stopped, for as long as that lasts. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sayStillChosen, tryToBeChosen } from '../../src/api/delivery/chosen-process.js';
import { createDataSource } from '../../src/api/store/data-source.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const SILENT_MS = 400;
const WORD_MS = 50;

let database: TestDatabase;
const clients: pg.Client[] = [];

async function client(): Promise<pg.Client> {
  const one = new pg.Client(database.url);
  // It says so more than once when it is cut off.
  one.on('error', () => undefined);
  await one.connect();
  clients.push(one);
  return one;
}

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  for (const one of clients) await one.end().catch(() => undefined);
  await database.drop();
});

it('one that says something stays it; one that says nothing is cut off, and another is', async () => {
  const [first, second] = [await client(), await client()];
  expect(await tryToBeChosen(first, SILENT_MS)).toBe(true);
  for (let spoken = 0; spoken < 2 * SILENT_MS; spoken += WORD_MS) {
    await sayStillChosen(first);
    expect(await tryToBeChosen(second, SILENT_MS)).toBe(false);
    await sleep(WORD_MS);
  }
  await sayStillChosen(first);
  const cut = new Promise((resolve) => first.once('end', resolve));
  await sleep(SILENT_MS + WORD_MS);
  expect(await tryToBeChosen(second, SILENT_MS)).toBe(false);
  await cut;
  expect(await tryToBeChosen(second, SILENT_MS)).toBe(true);
  await expect(sayStillChosen(first)).rejects.toThrow();
});

it('no transaction keeps its locks for as long as somebody may have stopped its process', async () => {
  const dataSource = await createDataSource(database.url).initialize();
  const rows = await dataSource.query<object[]>('SHOW idle_in_transaction_session_timeout');
  expect(rows).toEqual([{ idle_in_transaction_session_timeout: '30s' }]);
  await dataSource.destroy();
});
