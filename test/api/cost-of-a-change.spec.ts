/**
 * A change costs what it touches, not what there is: beside 2,000 services of 10 servers, no statement on its road
 * reads a whole table. PostgreSQL tells its plans itself (auto_explain), each one as it was executed.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataSource } from '../../src/api/store/data-source.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { createTestDatabase } from '../support/test-database.js';
import { proved, TestNode } from '../support/test-node.js';
import { untilSo } from '../support/until-so.js';

/** Those that grow with services; what grows with nodes alone may be read as a whole. */
const LARGE =
  'virtual_service|real_server|document|mention|vip_fact|health_fact|audit_entry|revision|kept_answer|event|told_status';
const WHOLE_TABLE = new RegExp(`Seq Scan on (${LARGE})\\b`);
const SERVICES = 2_000;
const SERVERS = 10;
const HOSTS = 20;
const NEW_VIP = '198.51.100.1';
const HOST = '10.0.0.1';

const SEED = `
  INSERT INTO node (id, role, name, joined_at, created_at)
    SELECT gen_random_uuid(), 'agent', 'seed-' || h, now(), now() FROM generate_series(2, ${HOSTS}) h;
  INSERT INTO node_address (address, node_id)
    SELECT '10.0.0.0'::inet + h, n.id FROM generate_series(2, ${HOSTS}) h JOIN node n ON n.name = 'seed-' || h;
  INSERT INTO virtual_service (id, name, address, port, protocol, force_l4, enabled, scheduler, health_check,
      drain_seconds, tags, revision, created_at, updated_at)
    SELECT gen_random_uuid(), 's' || n, '192.0.2.0'::inet + n, 80, 'tcp', true, true, 'maglev', '{"type":"none"}',
      0, '[]', 1, now() + n * interval '1 s', now() FROM generate_series(1, ${SERVICES}) n;
  INSERT INTO real_server (id, virtual_service_id, address, weight, forwarding_method, enabled)
    SELECT gen_random_uuid(), s.id, '10.0.0.1'::inet + (s.number + k) % ${HOSTS}, 1000, 'direct-return', true
    FROM virtual_service s CROSS JOIN generate_series(1, ${SERVERS}) k;
  INSERT INTO mention (virtual_service_id, vip, host)
    SELECT s.id, s.address, r.address FROM virtual_service s JOIN real_server r ON r.virtual_service_id = s.id;
  INSERT INTO document (scope, key, version, revision, present_since, body, digest)
    SELECT 'directors', id::text, 1 + (random() * 900)::integer, 1, 1, '{}'::jsonb, 'x' FROM virtual_service
    UNION ALL SELECT a.node_id::text, host(s.address), 1 + (random() * 900)::integer, 1, 1, '{}'::jsonb, 'x' FROM virtual_service s
      JOIN real_server r ON r.virtual_service_id = s.id JOIN node_address a ON a.address = r.address;
  INSERT INTO vip_fact (node_id, vip, bound, silent, reason, message, changed_at)
    SELECT a.node_id, s.address, true, true, 'Bound', 'It is bound.', now() FROM virtual_service s
      JOIN real_server r ON r.virtual_service_id = s.id JOIN node_address a ON a.address = r.address;
  INSERT INTO health_fact (server_number, node_id, healthy, reason, message, since)
    SELECT r.number, n.id, true, 'Answered', 'It answers.', now() FROM real_server r CROSS JOIN node n
      WHERE n.role = 'director';
  INSERT INTO kept_answer (token_id, key, request, answer)
    SELECT id, n::text, '', '' FROM token CROSS JOIN generate_series(1, ${SERVICES}) n;
  INSERT INTO revision (number, epoch, actor, request_id, created_at)
    SELECT n, 1, 'admin', '', now() FROM generate_series(-${SERVICES}, -1) n;
  INSERT INTO audit_entry (revision, position, action, object_type, object_id, after)
    SELECT n, 0, 'create', 'virtual-service', gen_random_uuid(), '{}' FROM generate_series(-${SERVICES}, -1) n;
  INSERT INTO event (position, epoch, type, time, object_type, object_id, name, tags)
    SELECT n, 1, 'x', now(), 'virtual-service', gen_random_uuid(), '', '{}' FROM generate_series(-${SERVICES}, -1) n;
  INSERT INTO told_status (object_id, virtual_service_id, told)
    SELECT id, virtual_service_id, '{"conditions": {}}' FROM real_server;
  UPDATE event_log SET version = 1000, began_at = now() + interval '1 day';
  UPDATE cluster SET version = 1000;
  ANALYZE`;

let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;
let plans: string[] = [];

beforeAll(async () => {
  const database = await createTestDatabase();
  await explainEverything(database.url);
  api = await ApiUnderTest.on(database.url, database);
  const pool = (api.dataSource.driver as unknown as { readonly master: pg.Pool }).master;
  pool.on('acquire', (client) => {
    client.removeListener('notice', hear).on('notice', hear);
  });
  director = await TestNode.join(api, 'director', 'lb-1', ['10.0.1.1']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  await api.dataSource.query(SEED);
  await agent.follow();
  await director.follow();
  await agent.report(agent.agentReport({ complete: false, vips: [] }));
  await director.report(director.directorReport());
  await untilNodesAreTold();
});

afterAll(async () => {
  director.leave();
  agent.leave();
  await api.close();
});

/** A host that comes concerns all that it serves, and a director everything: who records events looks at that once. */
async function untilNodesAreTold(): Promise<void> {
  const untold = `SELECT 1 FROM node n LEFT JOIN node_status s ON s.node_id = n.id LEFT JOIN told_node t ON t.node_id = n.id
    WHERE (t.told ->> 'version')::bigint IS DISTINCT FROM s.version`;
  await untilSo(async () => (await api.query(untold)).length === 0, 'what nodes are', 10_000);
  await api.query('DELETE FROM due_status');
  await api.query('UPDATE event_log SET walk = NULL');
}

async function explainEverything(url: string): Promise<void> {
  const settings = {
    'auto_explain.log_min_duration': 0,
    'auto_explain.log_level': 'notice',
    // While an index is young and compact, a bitmap of a third of the table looks cheap; in a year it will not.
    enable_bitmapscan: 'off',
  };
  const dataSource = await createDataSource(url).initialize();
  const [{ name }] = await dataSource.query<[{ name: string }]>('SELECT current_database() AS name');
  await dataSource.query(`ALTER DATABASE ${name} SET session_preload_libraries = 'auto_explain'`);
  for (const [setting, value] of Object.entries(settings)) {
    await dataSource.query(`LOAD 'auto_explain'; ALTER DATABASE ${name} SET ${setting} = '${value}'`);
  }
  await dataSource.destroy();
}

function hear({ message }: { readonly message?: string | undefined }): void {
  plans.push(message ?? '');
}

/** The statements that read a whole table while something was done. */
async function readWhole(work: () => Promise<unknown>): Promise<string[]> {
  plans = [];
  await work();
  expect(plans.length, 'plans that were told').toBeGreaterThan(4);
  return plans.filter((plan) => WHOLE_TABLE.test(plan));
}

it('neither the answer to a POST, nor the report that follows, nor a PATCH or DELETE reads a whole table', async () => {
  let id = '';
  let server = '';
  const create = async (): Promise<void> => {
    const made = await api.createService({
      address: NEW_VIP,
      healthCheck: { type: 'tcp' },
      realServers: [{ address: HOST }],
    });
    [id, server] = [made.id, made.realServers[0]?.id ?? ''];
    await agent.caughtUp();
  };
  const path = () => `/v1/virtual-services/${id}/real-servers/${server}`;
  const report = async (): Promise<void> => {
    await agent.report(agent.agentReport({ complete: false, vips: [proved(NEW_VIP)] }));
    await director.caughtUp();
  };
  expect(await readWhole(create)).toEqual([]);
  expect(await readWhole(report)).toEqual([]);
  expect(director.weights(id)).toEqual({ [HOST]: 1000 });
  const number = director.service(id)?.servers[0]?.number ?? 0;
  const fell = { number, healthy: false, reason: 'Refused', message: 'No.', since: new Date().toISOString() };
  const turn = () => director.report(director.directorReport({ complete: false, health: [fell] }));
  expect(await readWhole(turn), 'the turn of one server').toEqual([]);
  expect(await readWhole(() => api.patch(path(), { weight: 7 }).expect(200))).toEqual([]);
  const keyed = () => api.patch(path(), { weight: 8 }).set('Idempotency-Key', 'k').expect(200);
  expect(await readWhole(keyed), 'with a key').toEqual([]);
  expect(await readWhole(() => api.get(`/v1/virtual-services/${id}`).expect(200))).toEqual([]);
  expect(await readWhole(() => api.delete(`/v1/virtual-services/${id}`).expect(204))).toEqual([]);
});

it('what reads a whole table would be found', async () => {
  const count = () => api.query('SELECT max(weight) FROM real_server');
  const many = async () => {
    for (let index = 0; index < 6; index++) await count();
  };
  expect(await readWhole(many)).toHaveLength(6);
});

it('what is in a small table is looked up as in a large one, for plans are kept while tables grow', async () => {
  const question = `EXPLAIN (COSTS off) SELECT name FROM node WHERE id = '${randomUUID()}'`;
  const planned = async (query: (sql: string) => Promise<unknown>) => JSON.stringify(await query(question));
  expect(await planned((sql) => api.dataSource.query(sql))).toContain('Index Scan');
  const asPostgresWould = await api.dataSource.transaction(async (manager) => {
    await manager.query('SET LOCAL enable_seqscan = on');
    return planned((sql) => manager.query(sql));
  });
  expect(asPostgresWould).toContain('Seq Scan');
});
