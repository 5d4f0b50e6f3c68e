import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { Failed, failure } from '../../../domain/failure.js';
import type { Transactions } from '../../store/transactions.js';
import { ReportQueue } from './report-queue.js';
import type { SaidByNode } from './take-reports.js';

const REFUSED = new Failed(failure('unauthorized', 'unauthenticated', 'No.', 'Join.'));

function sqlState(code: string): QueryFailedError {
  return new QueryFailedError('SELECT', [], Object.assign(new Error(code), { code }));
}

/** Five nodes report together. */
async function transactionsFor(trouble: Error): Promise<number> {
  let runs = 0;
  const transactions = {
    run: async (): Promise<never> => {
      runs += 1;
      await new Promise((resolve) => setImmediate(resolve));
      throw trouble;
    },
  };
  const queue = new ReportQueue(transactions as unknown as Transactions);
  const taking: Promise<unknown>[] = [];
  for (let index = 0; index < 5; index++) {
    const said = { node: { id: `node ${index}` }, report: { role: 'director' } };
    taking.push(queue.take(said as unknown as SaidByNode));
  }
  const answers = await Promise.allSettled(taking);
  expect(answers.map(({ status }) => status)).toEqual(taking.map(() => 'rejected'));
  return runs;
}

describe('a group of reports that could not be taken', () => {
  it.each([
    ['one of them was refused', REFUSED],
    ['one of them broke a constraint', sqlState('23505')],
  ])('is taken one by one where %s', async (_, error) => {
    expect(await transactionsFor(error)).toBe(1 + 5);
  });

  it.each([
    ['a lock was not to be had', sqlState('55P03')],
    ['the connection was lost', sqlState('57P01')],
    ['something else is wrong', new Error('read ECONNRESET')],
  ])('is refused as a whole where %s, for the others would only wait as long', async (_, error) => {
    expect(await transactionsFor(error)).toBe(1);
  });
});
