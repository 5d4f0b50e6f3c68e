/** What the database refuses by itself, whoever writes to it: wrong pairs, overlaps, and a changed history. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';

let api: ApiUnderTest;
let id: string;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const servers = [{ address: '192.0.2.11' }];
  ({ id } = await api.createService({ address: '192.0.2.200', port: 80, endPort: 89, realServers: servers }));
});

afterAll(() => api.close());

/** SQLSTATE and constraint by which the database refuses a statement; null where it takes it. `:id` is the service. */
async function refusal(sql: string): Promise<readonly (string | undefined)[] | null> {
  try {
    await api.dataSource.transaction((manager) => manager.query(sql.replaceAll(':id', `'${id}'`)));
    return null;
  } catch (error) {
    const { code, constraint } = (error as { driverError: { code: string; constraint?: string } })
      .driverError;
    return [code, constraint];
  }
}

function insertService(address: string, port: number, endPort: number | null, protocol = 'tcp'): string {
  return `INSERT INTO virtual_service (id, name, address, port, end_port, protocol, force_l4, enabled, scheduler,
      health_check, drain_seconds, tags, revision, created_at, updated_at)
    VALUES (gen_random_uuid(), 'raw', '${address}', ${port}, ${endPort}, '${protocol}', true, true, 'maglev',
      '{"type":"none"}', 0, '{}', 1, now(), now())`;
}

function insertServer(address: string, port: number | null, method = 'direct-return'): string {
  return `INSERT INTO real_server (id, virtual_service_id, address, port, weight, forwarding_method, enabled)
    VALUES (gen_random_uuid(), :id, '${address}', ${port}, 1, '${method}', true)`;
}

const CHECK = '23514';
const OVERLAP = ['23P01', 'virtual_service_overlaps'];

it.each([
  ['the same ports', insertService('192.0.2.200', 80, 89), OVERLAP],
  ['one port of them', insertService('192.0.2.200', 85, null), OVERLAP],
  ['a range that touches them', insertService('192.0.2.200', 89, 100), OVERLAP],
  ['the next port', insertService('192.0.2.200', 90, null), null],
  ['the other protocol', insertService('192.0.2.200', 80, 89, 'udp'), null],
  ['another address', insertService('192.0.2.201', 80, 89), null],
  ['no port', insertService('192.0.2.202', 0, null), [CHECK, 'virtual_service_port_range']],
  ['a range backwards', insertService('192.0.2.202', 80, 79), [CHECK, 'virtual_service_port_range']],
  [
    'a subnet for an address',
    insertService('192.0.2.0/24', 80, null),
    [CHECK, 'virtual_service_host_address'],
  ],
  [
    'a protocol of its own',
    insertService('192.0.2.202', 80, null, 'sctp'),
    [CHECK, 'virtual_service_protocol'],
  ],
])('a service with %s', async (_name, sql, expected) => expect(await refusal(sql)).toEqual(expected));

it.each([
  ['another port', insertServer('192.0.2.12', 81), [CHECK, 'direct_return_keeps_the_port']],
  ['the same port', insertServer('192.0.2.12', 80), null],
  ['another port, by NAT', insertServer('192.0.2.13', 81, 'nat'), null],
  ['the other family', insertServer('2001:db8::11', null), [CHECK, 'address_families_differ']],
  ['the address of the VIP', insertServer('192.0.2.200', null), [CHECK, 'real_server_is_the_vip']],
  ['an address twice', insertServer('192.0.2.11', null), ['23505', 'real_server_exists']],
  [
    'a weight too large',
    insertServer('192.0.2.14', null).replace(' 1,', ' 65536,'),
    [CHECK, 'real_server_weight'],
  ],
])('a server with %s', async (_name, sql, expected) => expect(await refusal(sql)).toEqual(expected));

it.each([
  ['forceL4 off', 'UPDATE virtual_service SET force_l4 = false', [CHECK, 'direct_return_requires_force_l4']],
  ['another port', 'UPDATE virtual_service SET port = 70', [CHECK, 'direct_return_keeps_the_port']],
  [
    'the other family',
    "UPDATE virtual_service SET address = '2001:db8::200'",
    [CHECK, 'address_families_differ'],
  ],
  [
    'the address of a server',
    "UPDATE virtual_service SET address = '192.0.2.11'",
    [CHECK, 'real_server_is_the_vip'],
  ],
  ['another name', "UPDATE virtual_service SET name = 'raw'", null],
])('a service that is changed to %s', async (_name, sql, expected) => {
  expect(await refusal(`${sql} WHERE id = :id`)).toEqual(expected);
});

it('a service that loses forceL4 in the transaction that takes its last Direct return server', async () => {
  const together = `DO $$ BEGIN
    UPDATE virtual_service SET force_l4 = false WHERE id = :id;
    UPDATE real_server SET forwarding_method = 'nat' WHERE virtual_service_id = :id; END $$`;
  expect(await refusal(together)).toBeNull();
});

it.each(['revision', 'audit_entry'])('%s is only ever added to', async (table) => {
  const rows = () => api.query(`SELECT * FROM ${table} ORDER BY 1`);
  const before = await rows();
  expect(before.length).toBeGreaterThan(0);
  const column = table === 'revision' ? 'actor' : 'object_type';
  for (const sql of [
    `UPDATE ${table} SET ${column} = ${column}`,
    `DELETE FROM ${table}`,
    `TRUNCATE ${table} CASCADE`,
  ]) {
    expect(await refusal(sql)).toEqual(['42501', undefined]);
  }
  expect(await rows()).toEqual(before);
});

it('the cluster is one row', async () => {
  expect(await refusal('INSERT INTO cluster (seed) VALUES (1)')).toEqual(['23505', 'cluster_pkey']);
});
