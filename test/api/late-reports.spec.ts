/** A report that arrives after a newer one, or twice, puts nothing back. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { JOIN_PATH } from '../../src/contract/join.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { proved, TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const HOST = '192.0.2.11';

let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;
let id: string;

beforeEach(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [HOST]);
  ({ id } = await api.createService({ address: VIP, drainSeconds: 0, realServers: [{ address: HOST }] }));
  await director.follow();
  await agent.follow();
});

afterEach(async () => {
  director.leave();
  agent.leave();
  await api.close();
});

const unproved = proved(VIP, { bound: false, silent: false, reason: 'NotBound', message: 'Not there.' });

it('a late report takes nothing back, where the same words in a newer one do', async () => {
  const late = agent.agentReport({ vips: [unproved], faults: [fault()], complete: false });
  await agent.report(agent.agentReport());
  await director.caughtUp();
  expect(director.weights(id)).toEqual({ [HOST]: 1000 });

  const answer = await agent.put(late);
  expect([answer.status, answer.body]).toEqual([200, { complete: false, sequence: late.sequence + 1 }]);
  await director.caughtUp();
  expect(director.weights(id)).toEqual({ [HOST]: 1000 });
  expect(await api.query('SELECT bound FROM vip_fact')).toEqual([{ bound: true }]);
  expect(await api.query('SELECT 1 FROM fault')).toEqual([]);

  await agent.report({ ...late, sequence: late.sequence + 2 });
  await director.caughtUp();
  expect(director.weights(id)).toEqual({});
});

it('a late report of a director lets it look neither behind nor ahead', async () => {
  const early = director.directorReport({ position: null });
  await director.confirm();
  await director.report(early);
  const version = () => api.query('SELECT version FROM node_status WHERE node_id = $1', [director.id]);
  expect(await version()).not.toEqual([{ version: null }]);
  await director.report(director.directorReport({ position: null }));
  expect(await version()).toEqual([{ version: null }]);
});

it('of reports that arrive together, by two processes, the newest stays', async () => {
  const another = await api.another();
  try {
    for (let round = 0; round < 10; round++) {
      const reports = Array.from({ length: 6 }, (_none, at) =>
        agent.agentReport({ vips: [proved(VIP, { message: `round ${round}, report ${at}` })] }),
      );
      const answers = await Promise.all(
        reports
          .map((report, at) => ({ report, over: at % 2 === 0 ? api : another }))
          .toReversed()
          .map(({ report, over }) =>
            over.send('put', '/node/v1/report', agent.credential).type('application/json').send(report),
          ),
      );
      expect(answers.map(({ status }) => status)).toEqual(reports.map(() => 200));
      expect(await api.query('SELECT message FROM vip_fact')).toEqual([
        { message: `round ${round}, report 5` },
      ]);
    }
  } finally {
    await another.close();
  }
});

it('a node that joins anew starts over', async () => {
  await agent.report({ ...agent.agentReport(), sequence: Number.MAX_SAFE_INTEGER });
  const dropped = await agent.put(agent.agentReport());
  expect(dropped.body.sequence).toBe(Number.MAX_SAFE_INTEGER);

  const renewed = await api.post(`/v1/nodes/${agent.id}/join-token`).expect(201);
  const ask = { format: 1, joinToken: renewed.body.joinToken, role: 'agent', addresses: [HOST] };
  const { body } = await api.send('post', JOIN_PATH, null).send(ask).expect(200);
  const report = { ...agent.agentReport(), sequence: 1 };
  const taken = await api
    .send('put', '/node/v1/report', body.credential)
    .type('application/json')
    .send(report);
  expect(taken.body).toEqual({ complete: false, sequence: 1 });
});

it('a report that waited while its node joined again is not taken', async () => {
  const runner = api.dataSource.createQueryRunner();
  await runner.startTransaction();
  // What a join does under this lock, at a moment that the test can choose.
  await runner.query('SELECT 1 FROM node WHERE id = $1 FOR UPDATE', [agent.id]);
  const waiting = agent.put(agent.agentReport()).then((answer) => answer);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await runner.query(`UPDATE node SET credential_hash = '\\x00' WHERE id = $1`, [agent.id]);
  await runner.commitTransaction();
  await runner.release();
  expect((await waiting).status).toBe(401);
});

it.each([-1, 0.5, 2 ** 53, '1', null])('a report with the number %j is refused', async (sequence) => {
  expect((await agent.put({ ...agent.agentReport(), sequence })).status).toBe(400);
});

function fault() {
  return { key: VIP, versionInForce: null, reason: 'Refused', message: 'No.' };
}
