/** Streams of events: where they begin and go on, what they are filtered by, how they end, and what is forgotten. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EventFeed, MOST_EVENT_STREAMS } from '../../src/api/events/event-feed.js';
import { ReadEvents } from '../../src/api/events/read-events.js';
import { pruneEvents } from '../../src/api/events/prune-events.js';
import { ADMIN_TOKEN, ApiUnderTest } from '../support/api-under-test.js';
import { EventReader } from '../support/event-reader.js';
import { untilSo } from '../support/until-so.js';

const SERVICES = '/v1/virtual-services';
const FIRST = '1-0';
const WAIT_MS = 10_000;

let api: ApiUnderTest;
let ids: string[];
let last = 0;
const readers: EventReader[] = [];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  ids = [];
  for (const env of ['prod', 'test', 'prod']) ids.push(await service(env));
  await untilRecorded();
});

afterAll(async () => {
  for (const reader of readers) reader.leave();
  await api.close();
});

async function service(env: string): Promise<string> {
  last += 1;
  return (await api.createService({ address: `198.51.100.${last}`, tags: { env } })).id;
}

/** All that was done is told, statuses included. */
function untilRecorded(): Promise<void> {
  const waiting = `SELECT 1 FROM event_log l, cluster c WHERE l.revision < c.revision OR l.version < c.version
    UNION ALL SELECT 1 FROM due_status`;
  return untilSo(async () => (await api.query(waiting)).length === 0, 'all events', WAIT_MS);
}

async function follow(
  query: string,
  lastEventId = FIRST,
  on = api,
  token = ADMIN_TOKEN,
): Promise<EventReader> {
  const reader = new EventReader(query, token);
  readers.push(reader);
  reader.lastEventId = lastEventId;
  await reader.follow(on.base);
  return reader;
}

async function refusal(query: string, lastEventId: string): Promise<Record<string, unknown>> {
  const call = api.get(`/v1/events${query}`).set('Accept', 'text/event-stream');
  const { status, body } = await call.set('Last-Event-ID', lastEventId);
  return { status, code: body.code, hint: body.errors?.[0]?.hint };
}

it('begins where its reader was, and without an id with what comes', async () => {
  const all = await follow('');
  await all.until((events) => events.length >= 6, 'what there was');
  const later = await follow('', '');
  expect(later.lastEventId).toBe(all.lastEventId);
  const middle = await follow('', all.events[2]?.id);
  const id = await service('prod');
  for (const reader of [all, later, middle]) {
    await reader.until((events) => events.some(({ data }) => data.objectId === id), 'what came');
  }
  expect(later.events[0]?.data.objectId).toBe(id);
  expect(middle.events[0]).toEqual(all.events[3]);
});

it('is filtered alike where it catches up and where it follows', async () => {
  const query = '?tag.env=prod&type=in:virtual-service.created,virtual-service.updated&fields=id,type,data';
  const reader = await follow(query);
  await reader.until((events) => events.length >= 2, 'those that there were');
  const [first = '', other = ''] = ids;
  await api.patch(`${SERVICES}/${other}`, { name: 'not this' }).expect(200);
  await api.patch(`${SERVICES}/${first}`, { name: 'this' }).expect(200);
  await reader.until((events) => events.some(({ type }) => type.endsWith('updated')), 'the change');
  expect(reader.events.map(({ data }) => data.objectId)).not.toContain(other);
  expect(Object.keys(reader.events[0] ?? {})).toEqual(['id', 'type', 'data']);
  const again = await follow(query);
  await again.until((events) => events.length >= reader.events.length, 'the same once more');
  expect(again.events).toEqual(reader.events);
});

it('tells who hears nothing how far it has come', async () => {
  const reader = await follow('?type=node.lost');
  await service('prod');
  await untilRecorded();
  const newest = String((await api.get('/v1/events?limit=1')).body.items[0].id);
  await untilSo(
    async () => {
      await api.part(EventFeed).beat();
      return reader.lastEventId === newest;
    },
    'the newest id',
    WAIT_MS,
  );
  expect(reader.events).toEqual([]);
});

it.each([
  ['?sort=position', FIRST, 400, 'parameter-invalid'],
  ['?limit=1', FIRST, 400, 'parameter-invalid'],
  ['?colour=red', FIRST, 400, 'unknown-parameter'],
  ['', 'yesterday', 400, 'header-invalid'],
  ['', '1-999999', 410, 'events-forgotten'],
  ['', '2-1', 410, 'events-forgotten'],
])('is refused with %s after %s', async (query, lastEventId, status, code) => {
  expect(await refusal(query, lastEventId)).toMatchObject({ status, code });
});

it('ends with its token, and with its process, and goes on at another one', async () => {
  await api.query("INSERT INTO token (name, hash) VALUES ('short', sha256($1::bytea))", ['hwt_short-lived']);
  const short = await follow('', '', api, 'hwt_short-lived');
  const other = await api.another();
  const reader = await follow('', '', other);
  await api.query("DELETE FROM token WHERE name = 'short'");
  await api.part(EventFeed).beat();
  await untilSo(() => !short.isOpen, 'its end', WAIT_MS);
  await other.close();
  await untilSo(() => !reader.isOpen, 'its end', WAIT_MS);
  const id = await service('prod');
  await reader.follow(api.base);
  await reader.until((events) => events.some(({ data }) => data.objectId === id), 'what came meanwhile');
});

it('has room for so many, and refuses who comes then, also where all come at once', async () => {
  const before = api.part(EventFeed).openStreams;
  const room = MOST_EVENT_STREAMS - before;
  const come = await Promise.allSettled(Array.from({ length: room + 10 }, () => follow('', '')));
  const more = come.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(more.length).toBe(room);
  expect(await refusal('', '')).toMatchObject({ status: 429, code: 'too-many-streams' });
  for (const reader of more) reader.leave();
  await untilSo(() => api.part(EventFeed).openStreams <= before, 'room', WAIT_MS);
});

it('answers HEAD with a head alone, and keeps no room for it', async () => {
  const before = api.part(EventFeed).openStreams;
  const headers = { Accept: 'text/event-stream', Authorization: `Bearer ${ADMIN_TOKEN}` };
  const { status } = await fetch(`${api.base}/v1/events`, { method: 'HEAD', headers });
  expect(status).toBe(200);
  expect(api.part(EventFeed).openStreams).toBe(before);
});

it('lets few go through old events at a time, so that others find a connection', async () => {
  const other = await api.another();
  const stored = other.part(ReadEvents);
  const after = stored.after.bind(stored);
  let [under, most] = [0, 0];
  stored.after = async (...asked) => {
    most = Math.max(most, ++under);
    return after(...asked).finally(() => (under -= 1));
  };
  const come = await Promise.all(Array.from({ length: 8 }, () => follow('?type=node.lost', FIRST, other)));
  await untilSo(
    () => come.every(({ lastEventId }) => lastEventId !== FIRST) || under === 0,
    'their end',
    WAIT_MS,
  );
  // One more reads what is new for all.
  expect(most).toBeLessThanOrEqual(3);
  await other.close();
});

it('opens none that nobody would end, for the process stops meanwhile', async () => {
  const other = await api.another();
  const feed = other.part(EventFeed);
  const stopping = async () => {
    feed.beforeApplicationShutdown();
    return Promise.resolve({ epoch: 1, position: 0 });
  };
  const wanted = { conditions: [], fields: null, tokenId: '' };
  const never = () => {
    throw new Error('it was answered');
  };
  await expect(feed.open(wanted, stopping, never)).rejects.toThrow('This process stops');
  await other.close();
});

it('tells what is not kept any more where to begin, and never forgets the newest', async () => {
  await api.query("UPDATE event SET recorded_at = now() - interval '8 days' WHERE position <= 4");
  await pruneEvents(api.dataSource, 9);
  expect(await refusal('?x=1', '1-1')).toMatchObject({ status: 400 });
  await pruneEvents(api.dataSource, 7);
  const refused = await refusal('', '1-3');
  expect(refused).toMatchObject({ status: 410, code: 'events-forgotten' });
  const [, begin = ''] = /Last-Event-ID: (\S+) begins/.exec(String(refused['hint'])) ?? [];
  expect(begin).toBe('1-4');
  const reader = await follow('', begin);
  await reader.until((events) => events.length > 3, 'what is left');
  expect(reader.events[0]?.id).toBe('1-5');
  await untilRecorded();
  await api.query("UPDATE event SET recorded_at = now() - interval '8 days'");
  await pruneEvents(api.dataSource, 7);
  const { body } = await api.get('/v1/events?total=true');
  expect(body.total).toBe(1);
  const up = await follow('', String(body.items[0].id));
  expect(up.isOpen).toBe(true);
});
