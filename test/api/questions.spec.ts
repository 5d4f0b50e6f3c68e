/** Questions to directors: who is asked and who may answer, over several processes, and what comes of silence. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AskNodes } from '../../src/api/delivery/questions/ask-nodes.js';
import { pruneQuestions } from '../../src/api/delivery/questions/prune-questions.js';
import type { RouteTold } from '../../src/contract/told.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const SLOT: RouteTold = {
  kind: 'route',
  reason: 'slot',
  server: null,
  address: '192.0.2.11',
  slot: 3,
  expiresInMs: null,
};

let api: ApiUnderTest;
let other: ApiUnderTest;
let one: TestNode;
let two: TestNode;
let route: string;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  other = await api.another();
  const { id } = await api.createService({ address: '192.0.2.200' });
  route = `/v1/virtual-services/${id}/route?source=198.51.100.10&sourcePort=4000`;
});
afterAll(async () => {
  await other.close();
  await api.close();
});

it('fails with who is missing where no director has joined', async () => {
  const { body } = await api.get(route).expect(503);
  expect(body).toMatchObject({ code: 'no-director-connected', detail: 'No director has joined.' });
});

describe('with two directors', () => {
  beforeAll(async () => {
    one = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
    two = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
  });
  beforeEach(async () => {
    for (const node of [one, two]) node.questions.length = 0;
    await one.follow(api);
    await two.follow(other);
    one.replying = two.replying = () => ({ format: 1, told: SLOT });
  });
  afterEach(async () => {
    for (const node of [one, two]) node.leave();
    expect(await api.query('SELECT 1 FROM question')).toEqual([]);
  });

  it('asks each of them, whichever process its stream hangs at, and mixes up no answers', async () => {
    one.replying = () => ({ format: 1, told: { ...SLOT, slot: 1 } });
    two.replying = () => ({ format: 1, told: { ...SLOT, slot: 2 } });
    const answers = await Promise.all([api.get(route), other.get(route), api.get(route)]);
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body.directors).toMatchObject([
        { name: 'lb-1', trouble: null, route: { slot: 1 } },
        { name: 'lb-2', trouble: null, route: { slot: 2 } },
      ]);
    }
    expect([one.questions.length, two.questions.length]).toEqual([3, 3]);
  });

  it('asks for a port of a range, and refuses one that the service does not have', async () => {
    const { id } = await api.createService({ address: '192.0.2.201', port: 8000, endPort: 8009 });
    const ask = (port: number) =>
      api.get(route.replace(/services\/[^/]+/, `services/${id}`) + `&port=${port}`);
    await ask(8005).expect(200);
    expect(one.questions.at(-1)?.question).toMatchObject({ sourcePort: 4000, port: 8005 });
    const { body } = await ask(8010).expect(400);
    expect(body).toMatchObject({ code: 'parameter-invalid', errors: [{ field: 'port' }] });
  });

  it('names the one that does not answer beside what the other one says', async () => {
    two.replying = () => undefined;
    const { body } = await api.get(route).expect(200);
    expect(body.directors[0]).toMatchObject({ name: 'lb-1', trouble: null, route: { reason: 'slot' } });
    expect(body.directors[1]).toMatchObject({
      name: 'lb-2',
      trouble: { code: 'director-did-not-answer' },
      route: null,
    });
    const late = await two.answer(two.questions[0]?.id ?? '', { format: 1, told: SLOT });
    expect(late.status).toBe(404);
  });

  it('takes the answer of the one that was asked alone, and once', async () => {
    one.replying = two.replying = () => undefined;
    const asked = api.get(route).then(({ body }) => body as unknown);
    await one.until(() => one.questions.length === 1 && two.questions.length === 1, 'the questions');
    const [{ id } = { id: '' }] = one.questions;
    expect((await two.answer(id, { format: 1, told: { ...SLOT, slot: 9 } })).status).toBe(404);
    expect((await one.answer(id, { format: 1, told: { ...SLOT, slot: 1 } })).status).toBe(204);
    expect((await one.answer(id, { format: 1, told: { ...SLOT, slot: 8 } })).status).toBe(404);
    await two.answer(two.questions[0]?.id ?? '', { format: 1, told: { ...SLOT, slot: 2 } });
    expect(await asked).toMatchObject({ directors: [{ route: { slot: 1 } }, { route: { slot: 2 } }] });
  });

  it.each([
    ['is busy', { refusal: { reason: 'Busy', message: 'Later.' } }, 429, 'too-many-questions'],
    ['has none of it', { refusal: { reason: 'NotInForce', message: 'No.' } }, 409, 'not-in-force'],
    ['fails', { refusal: { reason: 'Failed', message: 'nft is missing' } }, 503, 'director-cannot-tell'],
    ['says what is no answer', { told: { kind: 'stats' } }, 503, 'director-cannot-tell'],
  ])('tells when every director %s', async (_, answer, status, code) => {
    one.replying = two.replying = () => ({ format: 1, ...answer });
    const { body, headers } = await api.get(route).expect(status);
    expect(body.code).toBe(code);
    expect(body.detail).toMatch(/lb-1.*lb-2/);
    if (status === 429) expect(headers['retry-after']).toBe('1');
  });

  it('asks no director more than so many questions at once, and answers 504 where nobody answers', async () => {
    one.replying = two.replying = () => undefined;
    const asked = Promise.all(Array.from({ length: 12 }, () => api.get(route)));
    await one.until(() => one.questions.length >= 8, 'the questions');
    await sleep(100);
    expect(one.questions).toHaveLength(8);
    const answers = await asked;
    const codes = answers.map(({ status, body }) => `${status} ${body.code}`).sort();
    expect(codes.slice(0, 4)).toEqual(Array<string>(4).fill('429 too-many-questions'));
    expect(codes.slice(4)).toEqual(Array<string>(8).fill('504 director-did-not-answer'));
    for (const { body } of answers) expect(body.detail).toMatch(/lb-1.*lb-2/);
  });

  it('finds an answer whose notification was lost, when the time is up', async () => {
    const question = { kind: 'route', service: 'any', source: '198.51.100.10', sourcePort: 1 } as const;
    one.replying = ({ id }) => {
      void api.query('UPDATE question SET answer = $2 WHERE id = $1', [
        id,
        JSON.stringify({ format: 1, told: SLOT }),
      ]);
      return undefined;
    };
    expect(await api.part(AskNodes).ask(one.id, question, 1_000)).toEqual({ told: SLOT });
  });

  it('waits for nobody who has been away for long', async () => {
    one.leave();
    await api.query("UPDATE node_status SET last_seen_at = now() - interval '1 hour' WHERE node_id = $1", [
      one.id,
    ]);
    const { body } = await api.get(route).expect(200);
    expect(body.directors[0]).toMatchObject({ name: 'lb-1', trouble: { code: 'director-away' } });
    expect(one.questions).toEqual([]);
  });
});

it('asks nothing of a node that is forgotten at that moment', async () => {
  const question = { kind: 'stats', service: 'none' } as const;
  const began = performance.now();
  expect(await api.part(AskNodes).ask('00000000-0000-4000-8000-000000000000', question, 5_000)).toBeNull();
  expect(performance.now() - began).toBeLessThan(4_000);
});

it('leaves no question of a process that died while it waited', async () => {
  const ask = (id: string, ago: string) =>
    api.query(
      `INSERT INTO question (id, node_id, message, asked_at) SELECT $1, $2, '', now() - $3::interval`,
      [id, one.id, ago],
    );
  await ask('00000000-0000-4000-8000-000000000001', '6 minutes');
  await ask('00000000-0000-4000-8000-000000000002', '4 minutes');
  await pruneQuestions(api.dataSource);
  const left = await api.query('DELETE FROM question RETURNING id');
  expect(left).toEqual([[{ id: '00000000-0000-4000-8000-000000000002' }], 1]);
});

it.each([
  ['of the other family', '?source=2001:db8::1&sourcePort=1', 422, 'address-families-differ'],
  ['in a spelling of its own', '?source=198.51.100.010&sourcePort=1', 400, 'address-not-usable'],
  ['without a port', '?source=198.51.100.10', 400, 'parameter-invalid'],
  ['with a port that is none', '?source=198.51.100.10&sourcePort=65536', 400, 'parameter-invalid'],
])('refuses a source %s before anybody is asked', async (_, query, status, code) => {
  const { body } = await api.get(route.replace(/\?.*/, query)).expect(status);
  expect(body.code).toBe(code);
});
