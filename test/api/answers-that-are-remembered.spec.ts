/**
 * Lists answer with texts that were made before, as long as nothing has changed that they tell of. So everything that is
 * stored of services and of what nodes said of them is changed here, column by column and row by row, and a list must
 * answer each time as one that remembers nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Housekeeping } from '../../src/api/delivery/housekeeping.js';
import { AWAY_AFTER_MS, isConnected } from '../../src/api/nodes/is-connected.js';
import { readStamps } from '../../src/api/status/read-stamps.js';
import { VIRTUAL_SERVICES } from '../../src/api/virtual-services/virtual-service.listing.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { hostWith, TestNode } from '../support/test-node.js';

const LIST = '/v1/virtual-services';
/** Where every field is named, nothing of the answer is remembered. */
const NAMED = VIRTUAL_SERVICES.listing.shown.filter((name) => !name.includes('.')).join();

let api: ApiUnderTest;
let nodes: TestNode[];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  // Or it compiles documents anew by what is changed here for a moment, such as the end of a drain.
  await api.part(Housekeeping).onApplicationShutdown();
  const director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  const agent = await TestNode.join(api, 'agent', 'web-1', ['192.0.2.11']);
  nodes = [director, agent];
  for (const node of nodes) await node.follow();
  const realServers = [{ address: '192.0.2.11' }, { address: '192.0.2.12', managed: false }];
  const { id } = await api.createService({
    address: '192.0.2.200',
    healthCheck: { type: 'tcp' },
    realServers: [...realServers, { address: '192.0.2.13' }],
  });
  await api.createService({ address: '192.0.2.201', realServers: [{ address: '192.0.2.11' }] });
  await agent.caughtUp();
  await agent.report(agent.agentReport({ host: hostWith(['192.0.2.11/24'], ['192.0.2.1']) }));
  await director.caughtUp();
  await director.report(director.directorReport({ host: hostWith(['192.0.2.2/24']) }));
  for (const sql of MORE_FACTS) await api.query(sql, [id]);
  // None falls silent by itself, however busy the machine is.
  await api.query(`UPDATE node_status SET last_seen_at = now() + interval '1 hour'`);
});

afterAll(async () => {
  for (const node of nodes) node.leave();
  await api.close();
});

const SERVER = `SELECT r.number FROM real_server r WHERE r.virtual_service_id = $1 AND r.address =`;

/** What takes long to come about by itself. */
const MORE_FACTS = [
  `INSERT INTO health_fact (node_id, server_number, healthy, reason, message, since)
   SELECT id, (${SERVER} '192.0.2.11'), true, 'Answers', 'It answers.', now() FROM node WHERE role = 'director'`,
  `UPDATE silence_fact SET asked = 1 WHERE server_number = (${SERVER} '192.0.2.12')`,
  // Not found out yet, so that the server is in only because directors name it.
  `UPDATE vip_fact SET services = jsonb_set(services, '{0,ready}', 'null') WHERE vip = '192.0.2.200' AND $1::uuid IS NOT NULL`,
  `UPDATE real_server SET attestation = '{"actor": "olga", "at": "2026-01-01T00:00:00Z", "ticket": null, "revision": 1}'
   WHERE number = (${SERVER} '192.0.2.12')`,
  `UPDATE real_server SET enabled = false WHERE number = (${SERVER} '192.0.2.13')`,
  `INSERT INTO drain (server_number, virtual_service_id, address, until, flows)
   SELECT number, virtual_service_id, address, now() + interval '1 hour', 3 FROM real_server
   WHERE number = (${SERVER} '192.0.2.13')`,
  `INSERT INTO fault (node_id, key, version_in_force, reason, message, changed_at)
   SELECT id, CASE role WHEN 'agent' THEN '192.0.2.201' ELSE $1::uuid::text END, NULL, 'Failed', 'It failed.', now() FROM node`,
];

/** All that status is made of; events, history and the like are none of it. */
const TABLES = [
  'cluster',
  'virtual_service',
  'real_server',
  'drain',
  'document',
  'mention',
  'node',
  'node_address',
  'node_status',
  'vip_fact',
  'silence_fact',
  'health_fact',
  'fault',
];

/** What a value of this type becomes. */
const OTHER: Readonly<Record<string, (column: string) => string>> = {
  boolean: (column) => `${column} IS NOT TRUE`,
  integer: (column) => `coalesce(${column}, 0) + 100`,
  bigint: (column) => `coalesce(${column}, 0) + 100`,
  text: (column) => `coalesce(${column}, '') || 'x'`,
  bytea: () => 'sha256(t.id::text::bytea)',
  uuid: () => 'gen_random_uuid()',
  inet: (column) => `${column} + 32`,
  'timestamp with time zone': (column) => `coalesce(${column}, now()) - interval '2 hours'`,
};

/** Columns that take few values, or hold more than one. */
const OTHER_OF: Readonly<Record<string, string>> = {
  'virtual_service.protocol': `'udp'`,
  'virtual_service.scheduler': `'source-hash'`,
  'virtual_service.persistence': `'{"type": "source-ip", "timeoutSeconds": 60, "prefixLength": 32}'`,
  'virtual_service.health_check': `'{"type": "none"}'`,
  'virtual_service.tags': `'{"env": "prod"}'`,
  'real_server.forwarding_method': `'nat'`,
  'real_server.attestation': 'NULL',
  'real_server.managed': 'managed <> (attestation IS NULL)',
  'document.body': 'NULL',
  'node.role': `CASE role WHEN 'agent' THEN 'director' ELSE 'agent' END`,
  'node_status.host': `jsonb_set(host, '{interfaces,0,mtu}', '9000')`,
  'node_status.seen_addresses': `'{192.0.2.77}'`,
  'node_status.engine': `'{"driver": "nftables", "version": "9"}'`,
  'node_status.capabilities': 'NULL',
  'node_status.conditions': `'[{"type": "GuardLoaded", "status": "True", "reason": "Loaded", "message": "m", "lastTransitionAt": "2026-01-01T00:00:00Z"}]'`,
  'node_status.drift': 'NULL',
  'node_status.segment': 'NULL',
  'vip_fact.services': `'[]'`,
  'silence_fact.strangers': `'{02:00:00:00:00:99}'`,
};

interface Column {
  readonly name: string;
  readonly type: string;
}

/** Those that name the row stay as they are; deleting it and making it anew is what changes them. */
function columnsOf(table: string): Promise<Column[]> {
  return api.query<Column>(
    `SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type FROM pg_attribute a
     WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND NOT EXISTS (
       SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
     ORDER BY a.attnum`,
    [table],
  );
}

async function keyOf(table: string): Promise<string> {
  const keys = await api.query<{ name: string }>(
    `SELECT a.attname AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
     WHERE i.indrelid = $1::regclass AND i.indisprimary`,
    [table],
  );
  return keys.map(({ name }) => `t.${name} = b.${name}`).join(' AND ');
}

/** Past the guards against what must not be: readers have to tell what is stored, however that came to be. */
function unguarded(sql: string): Promise<unknown> {
  const guards = sql.includes('node_status')
    ? ''
    : `SELECT set_config('session_replication_role', 'replica', true);`;
  return api.query(`${guards} ${sql}`);
}

async function remembered(): Promise<unknown> {
  return (await api.get(LIST).expect(200)).body;
}

async function workedOut(): Promise<unknown> {
  return (await api.get(`${LIST}?fields=${NAMED}`).expect(200)).body;
}

/** Whether the change shows, and nothing else was answered than what is. */
async function shows(what: string, sql: string): Promise<boolean> {
  const before = JSON.stringify(await remembered());
  await unguarded(sql);
  const now = await workedOut();
  expect(await remembered(), what).toEqual(now);
  return JSON.stringify(now) !== before;
}

describe('a list answers as if it had remembered nothing', () => {
  it.each(TABLES)('when %s changes', async (table) => {
    await api.query(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`);
    const key = await keyOf(table);
    let shown = 0;
    for (const { name, type } of await columnsOf(table)) {
      const place = `${table}.${name}`;
      const other = OTHER_OF[place] ?? OTHER[type]?.(`t.${name}`);
      if (other === undefined) throw new Error(`this test needs another value for ${place}`);
      if (await shows(place, `UPDATE ${table} t SET ${name} = ${other}`)) shown += 1;
      await shows(
        `${place}, back`,
        `UPDATE ${table} t SET ${name} = b.${name} FROM kept_${table} b WHERE ${key}`,
      );
    }
    if (table !== 'cluster') {
      if (await shows(`${table}, gone`, `DELETE FROM ${table}`)) shown += 1;
      await shows(`${table}, back`, `INSERT INTO ${table} SELECT * FROM kept_${table}`);
    }
    expect(shown).toBeGreaterThan(0);
  });

  it('when a node has been away for long enough to count as away, and then for long', async () => {
    for (const away of ['29.7 seconds', '599.7 seconds']) {
      await api.query('UPDATE node_status SET last_seen_at = now() - $1::interval', [away]);
      const before = await remembered();
      await sleep(600);
      const now = await workedOut();
      expect(await remembered()).toEqual(now);
      if (away.startsWith('29')) expect(now).not.toEqual(before);
    }
  });

  it('in the very millisecond from which on a node is away', async () => {
    const heardAt = new Date('2026-01-01T00:00:00.000Z');
    await api.query('UPDATE node_status SET last_seen_at = $1', [heardAt]);
    const ids = (await api.query<{ id: string }>('SELECT id FROM virtual_service')).map(({ id }) => id);
    const awayFrom = heardAt.getTime() + AWAY_AFTER_MS;
    const [before, then] = [
      await readStamps(api.dataSource.manager, ids, awayFrom - 1),
      await readStamps(api.dataSource.manager, ids, awayFrom),
    ];
    expect([awayFrom - 1, awayFrom].map((now) => isConnected(heardAt, now))).toEqual([true, false]);
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) expect(then.get(id)).not.toBe(before.get(id));
  });

  it('when a drain has come to its end', async () => {
    await api.query(`UPDATE drain SET until = now() + interval '300 ms'`);
    const before = await remembered();
    await sleep(500);
    const now = await workedOut();
    expect(await remembered()).toEqual(now);
    expect(now).not.toEqual(before);
  });
});

it('has the text of what it remembers be that of a single answer', async () => {
  const { body } = await api.get(LIST).expect(200);
  const [first] = (body as { items: { id: string }[] }).items;
  const one = await api.get(`${LIST}/${first?.id ?? ''}`).expect(200);
  expect((await api.get(`${LIST}?limit=1&total=true`).expect(200)).text).toBe(
    `{"items":[${one.text}],"nextCursor":${JSON.stringify((await api.get(`${LIST}?limit=1`)).body.nextCursor)},"total":2}`,
  );
});
