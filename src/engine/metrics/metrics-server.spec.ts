import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { MetricsServer } from './metrics-server.js';

let server: MetricsServer;
let readings = 0;
let fails = false;
/** Ends before each reading does. */
let reads: Promise<void>;

beforeEach(async () => {
  readings = 0;
  fails = false;
  reads = Promise.resolve();
  const read = async () => {
    readings += 1;
    await reads;
    if (fails) throw new Error('no perl');
    return { text: `up ${readings}\n`, contentType: 'text/plain' };
  };
  server = MetricsServer.start(0, read, createLogger('test', 'silent'));
  await server.listening();
});
afterEach(() => server.stop());

const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method });

it('reads nothing before somebody asks, and once for those who ask together', async () => {
  expect(readings).toBe(0);
  const answers = await Promise.all([get('/metrics'), get('/metrics')]);
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['up 1\n', 'up 1\n']);
});

it('begins no reading beside one that goes on, however long that takes', async () => {
  let end = () => {};
  reads = new Promise((resolve) => (end = resolve));
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const first = get('/metrics');
    await vi.waitFor(() => expect(readings).toBe(1));
    vi.advanceTimersByTime(60_000);
    const second = get('/metrics');
    await get('/');
    end();
    for (const answer of await Promise.all([first, second])) expect(await answer.text()).toBe('up 1\n');
    vi.advanceTimersByTime(6_000);
    expect(await (await get('/metrics')).text()).toBe('up 2\n');
  } finally {
    vi.useRealTimers();
  }
});

it('waits for its port where another program has it', async () => {
  const { port } = server;
  const logger = createLogger('test', 'silent');
  const late = MetricsServer.start(
    port,
    () => Promise.resolve({ text: 'late', contentType: 'a/b' }),
    logger,
    20,
  );
  try {
    await sleep(60);
    server.stop();
    await late.listening();
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toBe('late');
  } finally {
    late.stop();
  }
});

it('has nothing else', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await get('/metrics', 'POST')).status).toBe(405);
  expect(readings).toBe(0);
});

it('says when it cannot tell, and tries again', async () => {
  fails = true;
  expect((await get('/metrics')).status).toBe(503);
  fails = false;
  expect((await get('/metrics')).status).toBe(200);
});
