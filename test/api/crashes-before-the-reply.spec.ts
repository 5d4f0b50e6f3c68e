/**
 * Between the COMMIT of a write and its reply the API is killed, time and again, each time a process of its own: who asks
 * again with the same key gets the answer that was never sent. `HOMEWARD_CRASHES` says how often; a process takes a second
 * or two to start, so that a thousand of them are for a machine with nothing else to do.
 */
import request, { type Response } from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiProcess } from '../support/api-process.js';
import { ADMIN_TOKEN, ApiUnderTest } from '../support/api-under-test.js';

const CRASHES = Number(process.env['HOMEWARD_CRASHES'] ?? 6);
const AT_ONCE = 2;
const A_CRASH_MS = 10_000;
const SERVICES = '/v1/virtual-services';
const KILLER = new URL('../support/die-after-commit.mjs', import.meta.url).href;

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

function ask(base: string, method: 'post' | 'delete', path: string, key: string, body?: object) {
  const call = request(base)[method](path).set('Authorization', `Bearer ${ADMIN_TOKEN}`);
  return call.set('Idempotency-Key', key).send(body);
}

/** Asks a process that dies of it, and then one that lives; what the first has done is there in between. */
async function crash(key: string, method: 'post' | 'delete', path: string, body?: object): Promise<Response> {
  const process = await ApiProcess.start(api.databaseUrl, ADMIN_TOKEN, KILLER);
  try {
    await expect(ask(process.base, method, path, key, body)).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(await process.ended()).toBe('SIGKILL');
  } finally {
    await process.kill();
  }
  const answer = await ask(api.base, method, path, key, body);
  expect([answer.ok, answer.headers['idempotency-replayed']], answer.text).toEqual([true, 'true']);
  return answer;
}

/** A service of its own is made and taken away again; each of the two crashes. */
async function life(index: number): Promise<void> {
  const address = `198.51.${100 + (index >> 8)}.${index & 255}`;
  const body = { address, port: 80, protocol: 'tcp', realServers: [{ address: '192.0.2.11' }] };
  const made = await crash(`make-${index}`, 'post', SERVICES, body);
  expect(made.headers['location']).toBe(`${SERVICES}/${made.body.id}`);
  expect((await api.get(`${SERVICES}?address=${address}`)).body.items).toEqual([made.body]);
  const gone = await crash(`drop-${index}`, 'delete', `${SERVICES}/${made.body.id}`);
  expect([gone.status, gone.text]).toEqual([204, '']);
}

it(
  `is survived ${CRASHES} times by the change and its answer, and each is there once`,
  async () => {
    const lives = Array.from({ length: Math.ceil(CRASHES / 2) }, (_, index) => index);
    const worker = async (): Promise<void> => {
      for (let next = lives.pop(); next !== undefined; next = lives.pop()) await life(next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const [{ revisions, answers } = { revisions: 0, answers: 0 }] = await api.query<Record<string, number>>(
      'SELECT (SELECT count(*)::int FROM revision) AS revisions, (SELECT count(*)::int FROM kept_answer) AS answers',
    );
    expect([revisions, answers]).toEqual([2 * Math.ceil(CRASHES / 2), 2 * Math.ceil(CRASHES / 2)]);
    expect(await api.contents()).toMatchObject({ virtual_service: 0, real_server: 0 });
  },
  60_000 + CRASHES * A_CRASH_MS,
);
