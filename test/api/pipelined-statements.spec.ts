/** Statements that are sent together: in the order of the calls, all or nothing, and nobody after them suffers. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/api/store/data-source.js';
import { Transactions } from '../../src/api/store/transactions.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const INSERT = 'INSERT INTO noted (id, words) VALUES ($1::integer, $2::text)';
const COUNT = 'SELECT count(*)::integer AS count FROM noted WHERE id >= $1::integer';

let database: TestDatabase;
let dataSource: DataSource;
let transactions: Transactions;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  transactions = new Transactions(dataSource);
  await dataSource.query('CREATE TABLE noted (id integer PRIMARY KEY, words text NOT NULL)');
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function count(from = 0): Promise<number | undefined> {
  const [row] = await dataSource.query<{ count: number }[]>(COUNT, [from]);
  return row?.count;
}

it('see what was sent before them, though nobody waited for it', async () => {
  const [, [seen]] = await transactions.run((manager) =>
    Promise.all([
      manager.query(INSERT, [1, 'first']),
      manager.query<{ count: number }[]>(COUNT, [0]),
      manager.query(INSERT, [2, 'second']),
    ]),
  );
  expect(seen?.count).toBe(1);
  expect(await count()).toBe(2);
});

it('leave nothing behind when one in their midst fails, and say which one it was', async () => {
  const failing = transactions.run((manager) =>
    Promise.all([
      manager.query(INSERT, [10, 'before']),
      manager.query(INSERT, [10, 'the same again']),
      manager.query(INSERT, [11, 'after']),
      manager.query('SELECT $1::integer', ['no statement was prepared by this name yet'.length]),
    ]),
  );
  await expect(failing).rejects.toMatchObject({ driverError: { code: '23505' } });
  expect(await count(10)).toBe(0);
});

it('do not keep the connection from serving whoever comes next, with the same statements', async () => {
  for (let round = 20; round < 40; round++) {
    const work = transactions.run((manager) =>
      Promise.all([
        manager.query(INSERT, [round, 'fits']),
        manager.query(INSERT, [round, round % 2 === 0 ? null : 'twice']),
        manager.query(COUNT, [0]),
      ]),
    );
    await expect(work).rejects.toMatchObject({
      driverError: { code: round % 2 === 0 ? '23502' : '23505' },
    });
    await transactions.run((manager) => manager.query(INSERT, [round + 1_000, 'fits']));
  }
  expect([await count(20), await count(1_000)]).toEqual([20, 20]);
});

it('are taken back when the work changes its mind', async () => {
  const failing = transactions.run(async (manager) => {
    await manager.query(INSERT, [50, 'sent']);
    throw new Error('changed its mind');
  });
  await expect(failing).rejects.toThrow('changed its mind');
  expect(await count(50)).toBe(await count(1_000));
});
