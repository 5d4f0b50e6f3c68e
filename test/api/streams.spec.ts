import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOIN_PATH, type JoinAnswer } from '../../src/contract/join.js';
import { DOCUMENTS_PATH } from '../../src/contract/stream.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { TestNode } from '../support/test-node.js';

const WRITERS = 12;

let api: ApiUnderTest;
let other: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  other = await api.another();
});
afterAll(async () => {
  await other.close();
  await api.close();
});

describe('a stream', () => {
  it('ends at once when its node is forgotten, in every process', async () => {
    const stays = await TestNode.join(api, 'director', 'stays', ['192.0.2.1']);
    const goes = await TestNode.join(api, 'director', 'goes', ['192.0.2.2']);
    await stays.follow(other);
    await goes.follow(other);
    await api.delete(`/v1/nodes/${goes.id}`).expect(204);
    await goes.until(() => goes.hungUp, 'the stream of a forgotten node to end');
    await api.createService({ address: '192.0.2.200' });
    await sleep(200);
    expect(stays.hungUp).toBe(false);
    stays.leave();
  });

  it('ends when its node has joined again with another credential', async () => {
    const node = await TestNode.join(api, 'agent', 'again', ['192.0.2.3']);
    await node.follow();
    const renewed = await api.post(`/v1/nodes/${node.id}/join-token`).expect(201);
    expect(node.hungUp).toBe(false);
    const ask = {
      format: 1,
      joinToken: String(renewed.body.joinToken),
      role: 'agent',
      addresses: ['192.0.2.3'],
    };
    const answer = await api.send('post', JOIN_PATH, null).send(ask).expect(200);
    expect((answer.body as JoinAnswer).nodeId).toBe(node.id);
    await node.until(() => node.hungUp, 'the stream of the old credential to end');
  });

  it('ends when its node opens another one, which goes on', async () => {
    const node = await TestNode.join(api, 'agent', 'twice', ['192.0.2.4']);
    const first = openRaw(node.credential);
    await first.opened;
    const second = openRaw(node.credential);
    await first.closed;
    expect(await openStreams()).toBe(1);
    second.hangUp();
    await second.closed;
  });

  it('leaves nothing behind when its node hangs up before it was opened', async () => {
    const node = await TestNode.join(api, 'director', 'impatient', ['192.0.2.5']);
    await whileCommitsAreHeld(async () => {
      const stream = openRaw(node.credential);
      await sleep(300);
      stream.hangUp();
      await stream.closed;
    });
    await sleep(300);
    expect(await openStreams()).toBe(0);
  });
});

describe('writers that wait for each other', () => {
  it('leave connections to reads and probes', async () => {
    await whileCommitsAreHeld(async () => {
      const writes = Array.from({ length: WRITERS }, (_, index) =>
        api
          .post('/v1/virtual-services', { address: '192.0.2.210', port: 1000 + index, protocol: 'tcp' })
          .then(({ status }) => status),
      );
      await sleep(200);
      await api.get('/readyz').timeout(2_000).expect(200);
      await api.get('/v1/virtual-services').timeout(2_000).expect(200);
      return writes;
    }).then(async (writes) => {
      for (const status of await Promise.all(writes)) expect(status).toBe(201);
    });
  });
});

/** Another connection holds the commit order meanwhile. */
async function whileCommitsAreHeld<T>(work: () => Promise<T>): Promise<T> {
  const runner = other.dataSource.createQueryRunner();
  await runner.startTransaction();
  await runner.query('SELECT 1 FROM cluster FOR UPDATE');
  try {
    return await work();
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

async function openStreams(): Promise<number> {
  const { text } = await api.get('/metrics').expect(200);
  return Number(/^homeward_open_streams (\d+)$/m.exec(text)?.[1]);
}

/** A stream that nobody reads. */
function openRaw(credential: string) {
  const asking = request(`${api.base}${DOCUMENTS_PATH}`, {
    agent: false,
    headers: { Authorization: `Bearer ${credential}` },
  });
  const opened = new Promise<void>((resolve) => {
    asking.on('response', (response) =>
      response
        .on('error', () => undefined)
        .once('data', () => resolve())
        .resume(),
    );
  });
  const closed = new Promise<void>((resolve) => asking.on('error', () => undefined).on('close', resolve));
  asking.end();
  return { opened, closed, hangUp: () => asking.destroy() };
}
