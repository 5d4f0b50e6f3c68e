/** The history tells what was at every revision, what lies between any two, and brings back what was. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { exportOf } from '../support/configurations.js';
import { makeChange, randomChanges } from '../support/random-changes.js';

const SEED = 20_261_123;
const CHANGES = 80;

let api: ApiUnderTest;
/** The export as it was at each revision. */
const exports: string[] = [];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  await keepExport();
  for (const change of fc.sample(randomChanges, { numRuns: CHANGES, seed: SEED })) {
    await makeChange(api, change);
    await keepExport();
  }
}, 60_000);

afterAll(() => api.close());

async function newest(): Promise<number> {
  const [row] = await api.query<{ revision: number }>('SELECT revision::int FROM cluster');
  return row?.revision ?? 0;
}

async function keepExport(): Promise<void> {
  exports[await newest()] = await exportOf(api, 'json');
}

interface Change {
  readonly action: string;
  readonly objectId: string;
  readonly before: object | null;
  readonly after: object | null;
}

async function difference(from: number, to: number): Promise<Change[]> {
  const items: Change[] = [];
  let cursor = '';
  do {
    const { body } = await api.get(`/v1/revisions/${from}/difference?to=${to}&limit=7${cursor}`).expect(200);
    items.push(...body.items);
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  return items;
}

/** Every object by its id, as it is after these changes. */
function applied(state: ReadonlyMap<string, object>, changes: readonly Change[]): Map<string, object> {
  const next = new Map(state);
  for (const { action, objectId, before, after } of changes) {
    expect(next.get(objectId) ?? null).toEqual(before);
    expect(action).toBe(before === null ? 'create' : after === null ? 'delete' : 'update');
    if (after === null) next.delete(objectId);
    else next.set(objectId, after);
  }
  return next;
}

it('has changes of all kinds to tell of', () => {
  expect(exports.length).toBeGreaterThan(CHANGES / 2);
  expect(new Set(exports).size).toBeGreaterThan(CHANGES / 3);
});

it('tells the configuration as it was at every revision', async () => {
  for (const [revision, text] of exports.entries()) {
    expect(await exportOf(api, 'json', `?revision=${revision}`), `at ${revision}`).toBe(text);
  }
});

it('tells what lies between any two revisions, there and back', async () => {
  const pairs = fc.sample(fc.tuple(fc.nat(exports.length - 1), fc.nat(exports.length - 1)), {
    numRuns: 12,
    seed: SEED,
  });
  for (const [from, to] of pairs) {
    const at = async (revision: number) => applied(new Map(), await difference(0, revision));
    const changes = await difference(from, to);
    expect(applied(await at(from), changes)).toEqual(await at(to));
    const services = (text: string | undefined) => JSON.parse(text ?? '{}').virtualServices.length;
    const moved = changes.filter(({ before, after }) => 'drainSeconds' in (before ?? after ?? {}));
    const count = (action: string) => moved.filter((each) => each.action === action).length;
    expect(services(exports[to]) - services(exports[from])).toBe(count('create') - count('delete'));
  }
});

it('brings everything back, to any revision from any, with ids, as one new revision', async () => {
  const last = exports.length - 1;
  const targets = fc.sample(fc.nat(last), { numRuns: 15, seed: SEED });
  for (const revision of [...targets, 0, last]) {
    const from = await newest();
    const { body } = await api.post(`/v1/revisions/${revision}/rollback`, {}).expect(200);
    expect(await exportOf(api, 'json'), `back to ${revision}`).toBe(exports[revision]);
    expect(await newest()).toBe(body.revision ?? from);
    const left = await difference(revision, await newest());
    // Nodes are not brought back.
    expect(left.filter(({ before, after }) => !('role' in (before ?? after ?? {})))).toEqual([]);
    const again = await api.post(`/v1/revisions/${revision}/rollback`, {}).expect(200);
    expect(again.body).toEqual({ revision: null, changes: [] });
  }
}, 60_000);

describe('a revision that is not there', () => {
  it.each(['999999', '-1', 'x', '1e3', '9007199254740993'])('is told so: %s', async (number) => {
    expect((await api.get(`/v1/revisions/${number}/difference`)).status).toBe(404);
    expect((await api.post(`/v1/revisions/${number}/rollback`, {})).status).toBe(404);
  });

  it('is told so where it is the other one of a difference, or that of an export', async () => {
    expect((await api.get('/v1/revisions/1/difference?to=999999')).body.code).toBe('not-found');
    expect((await api.get('/v1/configuration?revision=999999')).body.code).toBe('not-found');
    expect((await api.get('/v1/revisions/1/difference?to=x')).status).toBe(400);
    expect((await api.get('/v1/revisions/1/difference?cursor=x')).body.code).toBe('cursor-invalid');
  });
});

it('says so where the history does not reach back', async () => {
  const runner = api.dataSource.createQueryRunner();
  await runner.query('START TRANSACTION');
  await runner.query('SET LOCAL session_replication_role = replica');
  await runner.query('DELETE FROM audit_entry WHERE revision <= 10');
  await runner.query('DELETE FROM revision WHERE number <= 10');
  await runner.query('COMMIT');
  await runner.release();
  const { status, body } = await api.post('/v1/revisions/9/rollback', {});
  expect([status, body.code]).toEqual([404, 'history-not-kept']);
  expect((await api.get('/v1/configuration?revision=9')).body.code).toBe('history-not-kept');
  await api.post('/v1/revisions/10/rollback', {}).expect(200);
  expect(await exportOf(api, 'json')).toBe(exports[10]);
});
