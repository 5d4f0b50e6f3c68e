/** What a caller is told when not a rule but the database finds it broken: the code of the rule. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONSTRAINT_FAILURES } from '../../src/api/http/constraint-failures.js';
import { failureOf } from '../../src/api/http/failure-of.js';
import { FAILURE_STATUS } from '../../src/api/http/failure-status.js';
import { ApiUnderTest } from '../support/api-under-test.js';

let api: ApiUnderTest;
let id: string;
let nodeId: string;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  ({ id } = await api.createService({ address: '192.0.2.200', realServers: [{ address: '192.0.2.11' }] }));
  const node = { name: 'lb-1', role: 'director', addresses: ['192.0.2.2'] };
  nodeId = (await api.post('/v1/nodes', node).expect(201)).body.id;
});

afterAll(() => api.close());

const INSERT_SERVER = `INSERT INTO real_server
  (id, virtual_service_id, address, port, weight, forwarding_method, enabled)
  SELECT gen_random_uuid(), virtual_service_id, address, port, weight, forwarding_method, enabled FROM real_server`;

/** By constraint: what breaks it, the status and the code. `:id` is the service, `:node` the node. */
const BROKEN: readonly [constraint: string, sql: string, status: number, code: string][] = [
  [
    'virtual_service_overlaps',
    `INSERT INTO virtual_service SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(),
       'number', 4711))).* FROM virtual_service s`,
    409,
    'virtual-service-overlaps',
  ],
  ['real_server_exists', INSERT_SERVER, 409, 'real-server-exists'],
  [
    'node_name_key',
    `INSERT INTO node (id, role, name, created_at) VALUES (gen_random_uuid(), 'agent', 'lb-1', now())`,
    409,
    'node-exists',
  ],
  [
    'node_address_pkey',
    `INSERT INTO node_address (address, node_id) VALUES ('192.0.2.2', :node)`,
    409,
    'node-address-taken',
  ],
  [
    'direct_return_requires_force_l4',
    'UPDATE virtual_service SET force_l4 = false WHERE id = :id',
    422,
    'direct-return-requires-force-l4',
  ],
  [
    'direct_return_keeps_the_port',
    'UPDATE real_server SET port = 81 WHERE virtual_service_id = :id',
    422,
    'direct-return-keeps-the-port',
  ],
  [
    'address_families_differ',
    `UPDATE real_server SET address = '2001:db8::11' WHERE virtual_service_id = :id`,
    422,
    'address-families-differ',
  ],
  [
    'virtual_service_flow_affinity',
    `UPDATE virtual_service SET flow_affinity = false, scheduler = 'round-robin' WHERE id = :id`,
    422,
    'flow-affinity-required',
  ],
  [
    'real_server_is_the_vip',
    `UPDATE real_server SET address = '192.0.2.200' WHERE virtual_service_id = :id`,
    422,
    'real-server-is-the-vip',
  ],
];

async function refusal(sql: string): Promise<unknown> {
  try {
    const text = sql.replaceAll(':id', `'${id}'`).replaceAll(':node', `'${nodeId}'`);
    await api.dataSource.transaction((manager) => manager.query(text));
  } catch (error) {
    const failure = failureOf(error);
    return failure === null ? null : [FAILURE_STATUS[failure.kind], failure.code];
  }
  throw new Error('the database took it');
}

it.each(BROKEN)('%s', async (_constraint, sql, status, code) => {
  expect(await refusal(sql)).toEqual([status, code]);
});

it('every constraint that has a code is broken above', () => {
  expect(Object.keys(CONSTRAINT_FAILURES).sort()).toEqual(BROKEN.map(([name]) => name).sort());
});

it('a constraint without a code of its own is a race that was lost', async () => {
  expect(await refusal('UPDATE virtual_service SET port = 0 WHERE id = :id')).toEqual([409, 'conflict']);
});
