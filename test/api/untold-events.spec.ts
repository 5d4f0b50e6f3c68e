/** What holds up no events: a service whose status cannot be told, one of very many servers, and a history that is behind. */
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EventRecorder } from '../../src/api/events/record/event-recorder.js';
import { NO_MEMORY, recordEvents, type Turn } from '../../src/api/events/record/record-events.js';
import { Transactions } from '../../src/api/store/transactions.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const SERVICES = '/v1/virtual-services';

let api: ApiUnderTest;
let ids: string[];

beforeAll(async () => {
  api = await ApiUnderTest.start();
  // Turns are taken by hand here.
  await api.part(EventRecorder).onApplicationShutdown();
  ids = [];
  for (let host = 1; host <= 3; host++) {
    ids.push(
      (await api.createService({ address: `198.51.100.${host}`, realServers: [{ address: '192.0.2.11' }] }))
        .id,
    );
  }
  await turns();
});

afterAll(() => api.close());

function turn(look: (manager: EntityManager) => EntityManager = (manager) => manager): Promise<Turn> {
  return api.part(Transactions).run((manager) => recordEvents(look(manager), NO_MEMORY, 0));
}

async function turns(): Promise<void> {
  for (let more = true; more;) more = (await turn()).isMore;
}

const DUE = 'INSERT INTO due_status (virtual_service_id) SELECT unnest($1::uuid[])';

async function statusesToldAgain(): Promise<ReadonlySet<string>> {
  const rows = await api.query<{ id: string }>(
    `SELECT object_id AS id FROM event WHERE type = 'virtual-service.status-changed' AND before IS NULL
       AND after IS NOT NULL GROUP BY object_id HAVING count(*) > 1`,
  );
  return new Set(rows.map(({ id }) => id));
}

it('one that cannot be told is left out and named, and all others are told', async () => {
  const [first = '', broken = '', last = ''] = ids;
  await api.query("UPDATE virtual_service SET health_check = 'null' WHERE id = $1", [broken]);
  await api.query('DELETE FROM told_status');
  await api.query(DUE, [ids]);
  await api.patch(`${SERVICES}/${first}`, { name: 'still in the history' }).expect(200);
  const { untold } = await turn();
  expect(untold.map(({ id }) => id)).toEqual([broken]);
  expect(await statusesToldAgain()).toEqual(new Set([first, last]));
  expect(await api.query("SELECT 1 FROM event WHERE type = 'virtual-service.updated'")).toHaveLength(1);
  expect(await api.query('SELECT 1 FROM due_status')).toEqual([]);
  await api.query(`UPDATE virtual_service SET health_check = '{"type":"none"}' WHERE id = $1`, [broken]);
});

const CANCELLED = `DO $$ BEGIN RAISE EXCEPTION 'cancelled' USING ERRCODE = 'query_canceled'; END $$`;

it('a failure of the database is no fault of a service, and the whole turn is taken again', async () => {
  await api.query(DUE, [ids]);
  let failed = 0;
  const cut = (manager: EntityManager): EntityManager => {
    const failing = Object.create(manager) as EntityManager;
    failing.query = async <T>(sql: string, parameters?: unknown[]): Promise<T> => {
      const isTelling = sql.includes('FROM told_status') && failed++ === 0;
      return manager.query<T>(isTelling ? CANCELLED : sql, isTelling ? [] : parameters);
    };
    return failing;
  };
  await expect(turn(cut)).rejects.toThrow('cancelled');
  expect(await api.query('SELECT 1 FROM due_status')).toHaveLength(ids.length);
  await turns();
});

it('services of many servers are told in parts', async () => {
  await api.query(
    `INSERT INTO real_server (id, virtual_service_id, address, weight, forwarding_method, enabled)
     SELECT gen_random_uuid(), s.id, '10.0.0.0'::inet + n, 1, 'direct-return', true
     FROM unnest($1::uuid[]) AS s (id) CROSS JOIN generate_series(1, 600) n`,
    [ids],
  );
  await api.query(DUE, [ids]);
  const parts: number[] = [];
  const { untold } = await turn((manager) => {
    const counting = Object.create(manager) as EntityManager;
    counting.query = async <T>(sql: string, parameters?: unknown[]): Promise<T> => {
      if (sql.includes('FROM told_status')) parts.push([parameters?.[0]].flat().length);
      return manager.query<T>(sql, parameters);
    };
    return counting;
  });
  expect(parts).toEqual([1, 1, 1]);
  expect(untold).toEqual([]);
});

it('a node that comes while the history is behind is told after its making', async () => {
  const node = await TestNode.join(api, 'agent', 'late', ['192.0.2.77']);
  for (let count = 0; count < 55; count++) {
    await api.query('UPDATE cluster SET revision = revision + 1');
    await api.query(
      "INSERT INTO revision (number, epoch, actor, request_id, created_at) SELECT revision, epoch, 'admin', '', now() FROM cluster",
    );
  }
  const again = await TestNode.join(api, 'agent', 'later', ['192.0.2.78']);
  for (const one of [node, again]) {
    await one.follow();
    await one.confirm();
  }
  await turns();
  const told = await api.query<{ type: string }>(
    'SELECT type FROM event WHERE object_id = $1 ORDER BY position',
    [again.id],
  );
  expect(told.map(({ type }) => type)).toEqual(['node.created', 'node.joined', 'node.connected']);
  for (const one of [node, again]) one.leave();
});
