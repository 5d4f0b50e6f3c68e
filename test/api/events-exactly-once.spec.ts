/**
 * Eight writers at once, nodes whose facts come and go, a reader that hangs up at any byte and comes back to another
 * process, the connection of who records cut time and again, and its process killed: each change is told once, in the order of
 * the history, and each status follows on what was told of it before.
 */
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_TOKEN, ApiUnderTest } from '../support/api-under-test.js';
import { ApiProcess } from '../support/api-process.js';
import { EventReader, type HeardEvent } from '../support/event-reader.js';
import { createTestDatabase } from '../support/test-database.js';
import { proved, TestNode } from '../support/test-node.js';
import { untilSo } from '../support/until-so.js';

const WRITERS = 8;
const CHANGES = 16;
const LONGEST_PAUSE_MS = 120;
const HOST = '192.0.2.11';
const SERVICES = '/v1/virtual-services';
const WAIT_MS = 30_000;
/** Held by the process that started first, for the other one asks once a second. */
const CHOSEN = `SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()`;
const vip = (writer: number) => `198.51.100.${writer + 1}`;

let api: ApiUnderTest;
/** It starts first, so that it is the one that records. */
let recorder: ApiProcess;
let director: TestNode;
let agent: TestNode;
const readers: EventReader[] = [];

beforeAll(async () => {
  const database = await createTestDatabase();
  recorder = await ApiProcess.start(database.url, ADMIN_TOKEN);
  api = await ApiUnderTest.on(database.url, database);
  await untilSo(async () => (await api.query(CHOSEN)).length === 1, 'the chosen process', WAIT_MS);
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  await director.follow();
  await agent.follow();
});

afterAll(async () => {
  for (const reader of readers) reader.leave();
  for (const node of [director, agent]) node.leave();
  await recorder.kill();
  await api.close();
});

async function write(writer: number): Promise<void> {
  const servers = [{ address: HOST }];
  const { id } = await api.createService({ address: vip(writer), drainSeconds: 0, realServers: servers });
  for (let count = 0; count < CHANGES; count++) {
    await api.patch(`${SERVICES}/${id}`, { name: `${writer}-${count}` }).expect(200);
    await sleep(Math.random() * LONGEST_PAUSE_MS);
  }
  if (writer % 2 === 0) await api.insist(`${SERVICES}/${id}`);
}

/** Proves VIPs and takes the proof back, until all have written. */
async function turnFacts(isOver: () => boolean): Promise<void> {
  for (let bound = true; !isOver(); bound = !bound) await turnFact(bound);
}

async function turnFact(bound: boolean): Promise<void> {
  const vips = agent
    .vips()
    .map((address) => proved(address, { bound, reason: bound ? 'Proved' : 'NotBound' }));
  await agent.report(agent.agentReport({ vips }));
  await director.confirm();
}

const LEAST_CUTS = 3;
let cut = 0;

/** Cuts the connections that record, wherever they are. */
async function cutRecorders(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const rows = await api.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
         AND pid <> pg_backend_pid() AND state <> 'idle' AND query ~ 'FOR UPDATE OF l|INTO due_status|told_status|INTO event|UPDATE event_log|DELETE FROM (due_status|touched_fact)'`,
    );
    cut += rows.length;
    await sleep(Math.random() * LONGEST_PAUSE_MS);
  }
}

/** Comes and goes; where its process is gone, it comes to the other one. */
async function readOn(reader: EventReader, isOver: () => boolean): Promise<number> {
  let visits = 0;
  for (; !isOver(); visits++) {
    const base = Math.random() < 0.5 ? recorder.base : api.base;
    await reader.follow(base).catch(() => reader.follow(api.base));
    await sleep(Math.random() * LONGEST_PAUSE_MS);
    reader.leave();
  }
  return visits;
}

/** What is wrong with the events, held against the history and against each other. */
async function faults(events: readonly HeardEvent[]): Promise<string[]> {
  const history = await api.query<{ said: string }>(
    "SELECT revision || ' ' || object_id || ' ' || action AS said FROM audit_entry ORDER BY revision, position",
  );
  const ACTIONS: Readonly<Record<string, string>> = { created: 'create', deleted: 'delete' };
  const told = events.flatMap(({ type, data: { revision, objectId } }) =>
    revision === null ? [] : [`${revision} ${objectId} ${ACTIONS[type.split('.')[1] ?? ''] ?? 'update'}`],
  );
  const expected = history.map(({ said }) => said);
  const differs = told.findIndex((said, index) => said !== expected[index]);
  return [
    ...(differs >= 0 ? [`change ${differs} is ${told[differs]}, and not ${expected[differs]}`] : []),
    ...(told.length < expected.length ? [`${expected.length - told.length} changes are missing`] : []),
    ...brokenChains(events),
    ...toldTooEarly(events),
  ];
}

/** A status follows from a change that was told. */
function toldTooEarly(events: readonly HeardEvent[]): string[] {
  let newest = 0;
  return events.flatMap(({ id, data: { revision, after } }) => {
    newest = Math.max(newest, revision ?? 0);
    return Number(after?.['observedRevision'] ?? 0) > newest ? [`${id}: comes before its change`] : [];
  });
}

/** Each status and condition begins where what was told of it before has ended. */
function brokenChains(events: readonly HeardEvent[]): string[] {
  const last = new Map<string, string>();
  const found: string[] = [];
  for (const { id, type, data } of events) {
    if (data.revision !== null || !type.endsWith('-changed')) continue;
    const { objectId, condition, before, after } = data;
    const key = `${objectId} ${condition}`;
    const was = last.get(key);
    if (was !== undefined && was !== brief(before))
      found.push(`${id}: ${key} was ${was}, and not ${brief(before)}`);
    last.set(key, brief(after));
    if (condition === null && before === null)
      for (const each of firstOf(after)) last.set(`${objectId} ${each[0]}`, each[1]);
  }
  return found;
}

function brief(side: HeardEvent['data']['before']): string {
  const { status, reason, provisioning, operating, observedRevision } = side ?? {};
  return JSON.stringify(
    status === undefined ? [provisioning, operating, observedRevision] : [status, reason],
  );
}

function firstOf(after: HeardEvent['data']['after']): (readonly [string, string])[] {
  const conditions = (after?.['conditions'] ?? []) as Record<string, unknown>[];
  return conditions.map((each) => [String(each['type']), brief(each)] as const);
}

async function untilRecorded(): Promise<number> {
  const waiting = `SELECT 1 FROM event_log l, cluster c WHERE l.revision < c.revision OR l.version < c.version
    UNION ALL SELECT 1 FROM due_status UNION ALL SELECT 1 FROM touched_fact`;
  await untilSo(async () => (await api.query(waiting)).length === 0, 'all events', WAIT_MS);
  const [row] = await api.query<{ position: number }>('SELECT position::int AS position FROM event_log');
  return row?.position ?? 0;
}

it('tells each change once and in order, whoever is cut off or killed meanwhile', async () => {
  const [steady, restless] = [new EventReader(), new EventReader()];
  readers.push(steady, restless);
  for (const reader of readers) reader.lastEventId = '1-0';
  await steady.follow(api.base);
  let isOver = false;
  const over = () => isOver;
  const around = Promise.all([turnFacts(over), cutRecorders(over), readOn(restless, over)]);
  const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  await untilSo(async () => (await untilPosition()) > 100, 'events in the midst of it', WAIT_MS);
  await recorder.kill();
  await writing;
  await untilSo(() => cut >= LEAST_CUTS, 'connections that were cut', WAIT_MS);
  isOver = true;
  const [, , visits] = await around;
  // Seen in between, so that something follows on something in every run.
  for (const bound of [true, false, true]) {
    await turnFact(bound);
    await untilRecorded();
    await untilTold(steady);
  }
  const position = await untilRecorded();
  await restless.follow(api.base);
  for (const reader of readers) {
    await reader.until((events) => events.length >= position, 'the last event');
    expect(await faults(reader.events)).toEqual([]);
    expect(reader.events.slice(0, position).map(({ id }) => id)).toEqual(
      Array.from({ length: position }, (_, index) => `1-${index + 1}`),
    );
  }
  expect(restless.events.slice(0, position)).toEqual(steady.events.slice(0, position));
  expect(visits).toBeGreaterThan(2);
});

async function untilPosition(): Promise<number> {
  const [row] = await api.query<{ position: number }>('SELECT position::int AS position FROM event_log');
  return row?.position ?? 0;
}

type Shown = Record<string, unknown>;

async function statusesShown(): Promise<Shown> {
  const { body } = await api.get(`${SERVICES}?limit=200`).expect(200);
  const services = body.items as {
    id: string;
    status: Shown;
    realServers: { id: string; status: Shown }[];
  }[];
  const all = services.flatMap((service) => [service, ...service.realServers]);
  return Object.fromEntries(
    all.map(({ id, status: { provisioning, operating } }) => [id, { provisioning, operating }]),
  );
}

/** Whoever has nothing but events knows what the services show. */
function untilTold({ events }: EventReader): Promise<void> {
  const isTold = async () => isDeepStrictEqual(statusesTold(events), await statusesShown());
  return untilSo(isTold, 'what is shown to be told', WAIT_MS);
}

/** What a reader knows who has nothing but events. */
function statusesTold(events: readonly HeardEvent[]): Shown {
  const told: Shown = {};
  for (const { type, data } of events) {
    if (type.endsWith('.deleted')) delete told[data.objectId];
    if (!type.endsWith('.status-changed')) continue;
    told[data.objectId] = {
      provisioning: data.after?.['provisioning'],
      operating: data.after?.['operating'],
    };
  }
  return told;
}

it('a loss, a repetition and a wrong order would be found', async () => {
  const events = readers[0]?.events ?? [];
  const isChange = (event: HeardEvent | undefined): boolean => (event?.data.revision ?? 0) > 20;
  const at = events.findIndex((event, index) => isChange(event) && isChange(events[index + 1]));
  const isSame = (a: HeardEvent, b: HeardEvent): boolean =>
    a.data.revision === b.data.revision &&
    a.data.objectId === b.data.objectId &&
    a.data.condition === b.data.condition;
  const status = events.findIndex(
    (event, index) =>
      event.type.endsWith('-changed') &&
      events.slice(0, index).some((earlier) => isSame(earlier, event)) &&
      events.slice(index + 1).some((later) => isSame(later, event)),
  );
  const swapped = [...events];
  swapped.splice(at, 2, ...events.slice(at, at + 2).toReversed());
  for (const index of [at, status]) {
    expect(index).toBeGreaterThan(0);
    expect((await faults(events.toSpliced(index, 1))).length, `without ${index}`).toBeGreaterThan(0);
    expect(
      (await faults(events.toSpliced(index, 0, ...events.slice(index, index + 1)))).length,
      `twice ${index}`,
    ).toBeGreaterThan(0);
  }
  expect((await faults(swapped)).length).toBeGreaterThan(0);
});
