/** Writes that wait for the order of commits at the same moment share a transaction, and nobody can tell by his answer. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { AtOneMoment, HOST, SERVICES, statusesOf } from '../support/at-one-moment.js';
import { EventReader } from '../support/event-reader.js';
import { TestNode } from '../support/test-node.js';
import { untilSo } from '../support/until-so.js';

const WAIT_MS = 10_000;

let api: ApiUnderTest;
let agent: TestNode;
let moment: AtOneMoment;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  moment = new AtOneMoment(api);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  await agent.follow();
});
afterAll(async () => {
  agent.leave();
  await api.close();
});

const inOrder = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

it('each has a revision, an asker and a history of its own, in one transaction', async () => {
  const reader = new EventReader('?type=virtual-service.created');
  await reader.follow(api.base);
  const answers = await moment.together(
    Array.from(
      { length: 5 },
      (_, index) => () => moment.create(moment.fresh()).set('X-Change-Ticket', `CHG-${index}`),
    ),
  );

  expect(statusesOf(answers)).toEqual([201, 201, 201, 201, 201]);
  await moment.expectOneTransaction(answers);
  const kept = await moment.historyOf(answers);
  const numbers = kept.map(({ number }) => number);
  expect(inOrder(numbers)).toEqual(numbers.map((_, index) => Math.min(...numbers) + index));
  expect(kept.map(({ request_id }) => request_id)).toEqual(
    answers.map(({ headers }) => headers['x-request-id']),
  );
  expect(kept.map(({ ticket }) => ticket)).toEqual([0, 1, 2, 3, 4].map((index) => `CHG-${index}`));
  expect(new Set(kept.map(({ actor }) => actor))).toEqual(new Set(['admin']));
  for (const [index, { body, headers }] of answers.entries()) {
    expect(kept[index]?.objects).toEqual([
      `virtual-service ${body.id}`,
      `real-server ${body.realServers[0].id}`,
    ]);
    expect(headers['link']).toBe(`</v1/revisions/${body.revision}/progress>; rel="status"`);
    expect(headers['etag']).toMatch(`"${body.revision}-`);
    expect((await api.get(`${SERVICES}/${body.id}`)).body).toEqual(body);
  }
  const wanted = inOrder(numbers);
  const told = () =>
    reader.events.map(({ data }) => data.revision ?? 0).filter((each) => wanted.includes(each));
  await untilSo(() => told().length >= wanted.length, 'their events', WAIT_MS);
  expect(told(), 'once each, in the order of revisions').toEqual(wanted);
  reader.leave();
});

it('directors are told of each service by the revision of its own change', async () => {
  const made = Array.from({ length: 4 }, () => api.createService(moment.fresh()));
  const ids = (await Promise.all(made)).map(({ id }) => id);
  await agent.confirm();
  const edits = [{ scheduler: 'source-hash' }, { name: 'b' }, { scheduler: 'source-hash' }, { name: 'd' }];
  const answers = await moment.together(
    ids.map((id, at) => () => api.patch(`${SERVICES}/${id}`, edits[at] ?? {})),
  );

  await moment.expectOneTransaction(answers);
  const documents = await api.query<{ revision: number }>(
    `SELECT revision::int AS revision FROM unnest($1::text[]) WITH ORDINALITY AS w (key, place)
     JOIN document USING (key) WHERE scope = 'directors' AND body IS NOT NULL ORDER BY place`,
    [ids],
  );
  const kept = await moment.historyOf(answers);
  expect(documents).toEqual(kept.map(({ number }) => ({ revision: number })));
});

it('two that change one service see each other, and of two with its ETag one is refused', async () => {
  const { id } = await api.createService(moment.fresh());
  const path = `${SERVICES}/${id}`;
  const answers = await moment.together([
    () => api.patch(path, { name: 'named' }),
    () => api.patch(path, { description: 'described' }),
  ]);
  expect(statusesOf(answers)).toEqual([200, 200]);
  const { body, headers } = await api.get(path);
  expect(body).toMatchObject({ name: 'named', description: 'described' });

  const tag = headers['etag'] ?? '';
  const edits = await moment.together(
    ['a', 'b'].map((name) => () => api.patch(path, { name }).set('If-Match', tag)),
  );
  expect(inOrder(statusesOf(edits))).toEqual([200, 412]);
});

it('answers are kept by their keys, and a key that comes twice makes one', async () => {
  const bodies = [moment.fresh(), moment.fresh(), moment.fresh()];
  const ask = (index: number) => moment.create(bodies[index] ?? {}, `one-of-three-${index}`);
  const answers = await moment.together([() => ask(0), () => ask(1), () => ask(2), () => ask(1)]);

  expect(inOrder(statusesOf(answers))).toEqual([201, 201, 201, 409]);
  const refused = answers.find(({ status }) => status === 409);
  expect(refused?.body.code).toBe('idempotency-key-in-use');
  const made = answers.filter(({ status }) => status === 201);
  await moment.expectOneTransaction(made);
  for (const [index, again] of (await Promise.all([ask(0), ask(1), ask(2)])).entries()) {
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(made.map(({ body }) => body as unknown)).toContainEqual(again.body);
    expect(again.headers['link']).toContain(`/${again.body.revision}/`);
    expect(again.body.port).toBe(bodies[index]?.['port']);
  }
});

it('a plan among them makes nothing', async () => {
  const before = await api.contents();
  const body = moment.fresh();
  const planned = () => api.post(`${SERVICES}?dryRun=true`, body).set('Idempotency-Key', 'planned');
  const create = () => moment.create(moment.fresh());
  const [plan, ...made] = await moment.together([planned, create, create]);

  expect([plan?.status, ...statusesOf(made)]).toEqual([200, 201, 201]);
  await moment.expectOneTransaction(made);
  const { virtual_service } = before as { virtual_service: number };
  expect(await api.contents()).toMatchObject({ virtual_service: virtual_service + 3 });
  expect((await api.get(`${SERVICES}?port=${String(body['port'])}`)).body.items).toEqual([]);
});
