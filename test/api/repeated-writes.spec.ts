/** Idempotency-Key: the same write once more gets the same answer, and is not done again. */
import { createHash } from 'node:crypto';
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pruneKeptAnswers } from '../../src/api/http/idempotency/kept-answers.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { until } from '../support/until.js';

const SERVICES = '/v1/virtual-services';
const OTHER_TOKEN = 'hwt_somebody-else-0123456789';

let api: ApiUnderTest;
let last = 0;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const hash = createHash('sha256').update(OTHER_TOKEN).digest();
  await api.query('INSERT INTO token (name, hash) VALUES ($1, $2)', ['else', hash]);
});

afterAll(() => api.close());

/** A body that nothing else stands in the way of. */
function fresh(): Record<string, unknown> {
  last += 1;
  return { address: `198.51.100.${last}`, port: 80, protocol: 'tcp' };
}

function keyed(method: string, path: string, key: string, body?: object, token?: string) {
  const call = api.send(method, path, token).set('Idempotency-Key', key);
  return body === undefined ? call : call.send(body);
}

function told({ status, headers, text }: Response): unknown[] {
  return [status, text, headers['etag'], headers['location'], headers['content-type']];
}

function replayed({ headers }: Response): string | undefined {
  return headers['idempotency-replayed'];
}

/** The same twice: the answers are one, and the second has changed nothing. */
async function expectReplay(send: () => PromiseLike<Response>): Promise<Response> {
  const first = await send();
  expect([first.ok, replayed(first)], first.text).toEqual([true, 'false']);
  const before = await api.contents();
  const second = await send();
  expect(told(second)).toEqual(told(first));
  expect(replayed(second)).toBe('true');
  expect(await api.contents()).toEqual(before);
  return first;
}

describe('a write that is repeated with its key', () => {
  it('has status, headers and body of the first, whatever has become of its object', async () => {
    const body = { ...fresh(), realServers: [{ address: '192.0.2.11' }] };
    const { body: made } = await expectReplay(() => keyed('post', SERVICES, 'create', body));
    const path = `${SERVICES}/${made.id}`;
    expect((await api.get(path)).body).toEqual(made);

    const servers = `${path}/real-servers`;
    const server = { address: '192.0.2.12' };
    const attached = await expectReplay(() => keyed('post', servers, 'attach', server));
    await expectReplay(() => keyed('patch', path, 'rename', { name: 'x' }));
    await expectReplay(() => keyed('patch', `${servers}/${attached.body.id}`, 'weigh', { weight: 1 }));
    await expectReplay(() => keyed('delete', `${servers}/${attached.body.id}`, 'detach'));
    await expectReplay(() => keyed('delete', path, 'delete'));
    expect((await api.delete(path)).status, 'without the key').toBe(404);

    expect((await keyed('post', SERVICES, 'create', body)).body).toEqual(made);
    expect((await api.get(path)).status, 'the answer brings nothing back').toBe(404);
  });

  it('is the same in whatever order the members of its body come, and under another ticket', async () => {
    const { address, port, protocol } = fresh();
    const first = await keyed('post', SERVICES, 'order', { address, port, protocol }).expect(201);
    const again = await keyed('post', SERVICES, 'order', { protocol, port, address }).set(
      'X-Change-Ticket',
      'T',
    );
    expect(told(again)).toEqual(told(first));
  });

  it('shows a join token once more to who has asked for it, while nobody can read it in the database', async () => {
    const node = { name: 'web-1', role: 'agent', addresses: ['192.0.2.11'] };
    const { body } = await expectReplay(() => keyed('post', '/v1/nodes', 'node', node));
    await expectReplay(() => keyed('post', `/v1/nodes/${body.id}/join-token`, 'renew'));
    const rows = await api.query<{ all: string }>(
      "SELECT string_agg(encode(answer, 'escape'), '') AS all FROM kept_answer",
    );
    expect(rows[0]?.all.length).toBeGreaterThan(1_000);
    expect(rows[0]?.all).not.toMatch(/hwj_|web-1|installCommands/);
    expect(rows[0]?.all).not.toContain(body.joinToken);
  });

  it('is another one where the caller is', async () => {
    const mine = await keyed('post', SERVICES, 'shared', fresh()).expect(201);
    const theirs = await keyed('post', SERVICES, 'shared', fresh(), OTHER_TOKEN).expect(201);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it('is refused where the token has got another secret since, for the answer cannot be read', async () => {
    const body = fresh();
    await keyed('post', SERVICES, 'renewed', body, OTHER_TOKEN).expect(201);
    const secret = `${OTHER_TOKEN}-renewed`;
    const hash = createHash('sha256').update(secret).digest();
    await api.query("UPDATE token SET hash = $1 WHERE name = 'else'", [hash]);
    const again = await keyed('post', SERVICES, 'renewed', body, secret);
    expect([again.status, again.body.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('is done anew a day later', async () => {
    const body = fresh();
    await keyed('post', SERVICES, 'old', body).expect(201);
    const age = (interval: string) =>
      api.query("UPDATE kept_answer SET kept_at = now() - $1::interval WHERE key = 'old'", [interval]);
    await age('23 hours 59 minutes');
    await pruneKeptAnswers(api.dataSource);
    await keyed('post', SERVICES, 'old', body).expect(201);
    await age('24 hours 1 second');
    await pruneKeptAnswers(api.dataSource);
    expect((await keyed('post', SERVICES, 'old', body)).body.code).toBe('virtual-service-overlaps');
  });
});

describe('a key', () => {
  it('that came with another request is refused', async () => {
    const body = fresh();
    const { id } = (await keyed('post', SERVICES, 'once', body).expect(201)).body;
    const before = await api.contents();
    for (const other of [
      keyed('post', SERVICES, 'once', { ...body, name: 'other' }),
      keyed('post', `${SERVICES}/${id}/real-servers`, 'once', body),
      keyed('delete', `${SERVICES}/${id}`, 'once'),
      keyed('delete', `${SERVICES}/${id}?approve=${'0'.repeat(64)}`, 'once'),
    ]) {
      const answer = await other;
      expect([answer.status, answer.body.code]).toEqual([422, 'idempotency-key-reused']);
      expect(answer.body.errors[0].field).toBe('Idempotency-Key');
    }
    expect(await api.contents()).toEqual(before);
  });

  it('of a write that was refused is free: nothing was changed', async () => {
    const body = fresh();
    const other = await api.createService(body);
    const refused = await keyed('post', SERVICES, 'again', body);
    expect([refused.status, refused.body.code]).toEqual([409, 'virtual-service-overlaps']);
    expect((await keyed('post', SERVICES, 'again', { ...body, port: 'x' })).status).toBe(400);
    await api.delete(`${SERVICES}/${other.id}`).expect(204);
    await expectReplay(() => keyed('post', SERVICES, 'again', body));
  });

  it.each(['', ' ', 'a b', 'ü', 'a'.repeat(256), ['a', 'b']])('is refused that is %j', async (key) => {
    const answer = await api.post(SERVICES, fresh()).set('Idempotency-Key', key as string);
    expect([answer.status, answer.body.code]).toEqual([400, 'header-invalid']);
  });
});

describe('a write that comes while the first of its key is under way', () => {
  it('is told so at once, and gets its answer afterwards', async () => {
    const body = fresh();
    const holder = api.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT 1 FROM cluster FOR UPDATE');
    const first = keyed('post', SERVICES, 'busy', body).then((answer) => answer);
    await until({
      what: 'the first to wait for the order of commits',
      limitMs: 5_000,
      look: async () => {
        const waiting = await api.query('SELECT 1 FROM pg_locks WHERE NOT granted');
        return waiting.length > 0 ? { found: true } : { missing: 'it' };
      },
    });
    const second = await keyed('post', SERVICES, 'busy', body);
    expect([second.status, second.body.code]).toEqual([409, 'idempotency-key-in-use']);
    expect(second.headers['retry-after']).toBe('1');
    await holder.commitTransaction();
    await holder.release();
    const answered = told(await first);
    expect(told(await keyed('post', SERVICES, 'busy', body))).toEqual(answered);
  });

  it('makes no second object, in however many processes they meet', async () => {
    const another = await api.another();
    const body = fresh();
    const before = (await api.contents()) as { virtual_service: number };
    const ask = async (index: number): Promise<Response> =>
      (index % 2 === 0 ? api : another).post(SERVICES, body).set('Idempotency-Key', 'all');
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(index)));
    const made = answers.filter((answer) => answer.status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map((answer) => answer.text)).size).toBe(1);
    expect(made.filter((answer) => replayed(answer) === 'false')).toHaveLength(1);
    const others = answers.filter((answer) => answer.status !== 201).map((answer) => answer.body.code);
    expect(others).toEqual(others.map(() => 'idempotency-key-in-use'));
    expect(await api.contents()).toMatchObject({ virtual_service: before.virtual_service + 1 });
    await another.close();
  });
});
