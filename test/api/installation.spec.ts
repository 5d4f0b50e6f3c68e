/** What new real servers are handed: the same for everybody, whole, and nothing that is not meant to be. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilSo } from '../support/until-so.js';
import { ApiUnderTest } from '../support/api-under-test.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await ApiUnderTest.start();
});

afterAll(() => api.close());

/** Bytes as they come, whatever they are said to be. */
async function digestOf(path: string): Promise<string> {
  const request = get(`${api.base}${path}`);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode, path).toBe(200);
  const hash = createHash('sha256');
  for await (const chunk of response) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

describe('files to install from', () => {
  it('are open to everybody, and each has the checksum that is told', async () => {
    const { text } = await api.send('get', '/install/SHA256SUMS', null).expect(200);
    const sums = text
      .trim()
      .split('\n')
      .map((line) => line.split('  '));
    expect(sums.map(([, name]) => name)).toEqual(
      expect.arrayContaining(['homeward-agent.cjs', 'install.sh', `node-linux-${process.arch}`]),
    );
    for (const [sum, name] of sums) expect(await digestOf(`/install/${name}`), name).toBe(sum);
  });

  it('are the agent and the installer as they were built', async () => {
    const agent = await readFile('dist/install/homeward-agent.cjs');
    const answer = await api.send('get', '/install/homeward-agent.cjs', null).expect(200);
    expect(answer.headers['content-type']).toMatch(/^text\/javascript/);
    expect(Buffer.from(answer.text)).toEqual(agent);
    const script = await api.send('get', '/install.sh', null).expect(200);
    expect(script.headers['content-type']).toMatch(/^text\/plain/);
    expect(script.text).toBe(await readFile('packaging/install/install.sh', 'utf8'));
  });

  it('are not sent again to those who have them', async () => {
    const { etag, 'cache-control': cache } = (await api.send('get', '/install.sh', null)).headers;
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
    expect(cache).toBe('no-cache');
    await api.send('get', '/install.sh', null).set('If-None-Match', String(etag)).expect(304);
    await api.send('get', '/install.sh', null).set('If-None-Match', '"other"').expect(200);
  });

  it('are sent to a few at a time where they are large, and to the others a little later', async () => {
    const path = `/install/node-linux-${process.arch}`;
    const ask = async () => {
      const request = get(`${api.base}${path}`, { agent: false });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      return response;
    };
    // Nobody reads them, so that they stay under way.
    const slow = await Promise.all(Array.from({ length: 8 }, ask));
    expect(slow.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(200));
    await api.send('get', path, null).expect(503).expect('Retry-After', /^\d+$/);
    await api.send('get', '/install/homeward-agent.cjs', null).expect(200);
    for (const response of slow) response.destroy();
    await untilSo(
      async () => {
        const response = await ask();
        response.destroy();
        return response.statusCode === 200;
      },
      'a turn',
      5_000,
    );
  });

  it.each([
    'package.json',
    '..%2f..%2fpackage.json',
    '%2e%2e',
    '.tsbuildinfo',
    'SHA256SUMS%00',
    'node-linux-x64%2f..',
  ])('are no other file of the API: %s', async (name) => {
    const answer = await api.send('get', `/install/${name}`, null);
    expect([400, 404]).toContain(answer.status);
    expect(answer.type).toBe('application/problem+json');
  });
});

describe('the line that installs an agent', () => {
  it('names the API as the operator reached it, and hands the token over in the environment', async () => {
    const agent = { name: 'web-1', role: 'agent', addresses: ['192.0.2.11'] };
    const { body } = await api.post('/v1/nodes', agent).set('Host', 'homeward.example:3000').expect(201);
    const url = 'http://homeward.example:3000';
    expect(body.installCommands).toEqual({
      linux: `curl -fsSL '${url}/install.sh' | HOMEWARD_JOIN_TOKEN=${body.joinToken} sh -s -- --api-url '${url}'`,
      windows: `$env:HOMEWARD_JOIN_TOKEN = '${body.joinToken}'; & ([scriptblock]::Create((irm '${url}/install.ps1'))) -ApiUrl '${url}'`,
    });
    const renewed = await api.post(`/v1/nodes/${body.id}/join-token`).set('Host', "a';reboot;'").expect(201);
    expect(renewed.body.installCommands).toBeNull();
  });

  it('is none for a director, which is not installed by it', async () => {
    const director = { name: 'lb-1', role: 'director', addresses: ['192.0.2.2'] };
    const { body } = await api.post('/v1/nodes', director).expect(201);
    expect(body.installCommands).toBeNull();
  });
});
