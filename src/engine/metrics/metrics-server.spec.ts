import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../platform/logger.js';
import { MetricsServer } from './metrics-server.js';

let server: MetricsServer;
let readings = 0;
let fails = false;

beforeEach(async () => {
  readings = 0;
  fails = false;
  const read = () => {
    readings += 1;
    return fails
      ? Promise.reject(new Error('no perl'))
      : Promise.resolve({ text: `up ${readings}\n`, contentType: 'text/plain' });
  };
  server = await MetricsServer.start(0, read, createLogger('test', 'silent'));
});
afterEach(() => server.stop());

const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method });

it('reads nothing before somebody asks, and once for those who ask together', async () => {
  expect(readings).toBe(0);
  const answers = await Promise.all([get('/metrics'), get('/metrics')]);
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['up 1\n', 'up 1\n']);
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
