/** What sets up a host without an agent, to the letter: the same texts as the stories show. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETUP_PARTS } from '../../src/setup/setup-part.js';
import { ApiUnderTest } from '../support/api-under-test.js';

let api: ApiUnderTest;
/** The path of the real server. */
let web: string;

const golden = (path: string) => readFileSync(`test/stories/${path}`, 'utf8');

async function create(body: object): Promise<string> {
  const { id, realServers } = await api.createService({ address: '192.0.2.200', ...body });
  return `/v1/virtual-services/${id}/real-servers/${realServers[0]?.id ?? ''}`;
}

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const realServers = [{ address: '192.0.2.11', managed: false }];
  // What a person asks for reaches no script, whatever it is.
  const name = "'; reboot #";
  web = await create({ name, port: 443, realServers });
  await create({ protocol: 'udp', port: 8000, endPort: 8010, realServers });
  // On another host, at another VIP.
  await create({ port: 81, realServers: [{ address: '192.0.2.12', managed: false }] });
  await create({ address: '192.0.2.201', port: 82, realServers });
});

afterAll(() => api.close());

describe.each(SETUP_PARTS)('the script for %s', (part) => {
  it('on Linux is what the story shows', async () => {
    const { text, headers } = await api.get(`${web}/setup?os=linux&part=${part}`).expect(200);
    expect(text).toBe(golden(`a-linux-real-server/${part}.sh`));
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it('on Windows is what the story shows, with all services of the host on the VIP', async () => {
    const { text } = await api.get(`${web}/setup?os=windows&part=${part}`).expect(200);
    expect(text).toBe(golden(`a-windows-real-server/${part}.ps1`));
  });

  it('for an IPv6 VIP is what the story shows', async () => {
    const realServers = [{ address: '2001:db8::11', managed: false }];
    const path = await create({ address: '2001:db8::200', port: 80, realServers });
    const { text } = await api.get(`${path}/setup?os=linux&part=${part}`).expect(200);
    expect(text).toBe(golden(`a-linux-real-server/${part}-ipv6.sh`));
    await api.delete(path.replace(/\/real-servers.*/, '')).expect(204);
  });
});

it('applies when no part is named, and is for a disabled service too', async () => {
  const service = web.replace(/\/real-servers.*/, '');
  await api.patch(service, { enabled: false }).expect(200);
  const { text } = await api.get(`${web}/setup?os=linux`).expect(200);
  expect(text).toBe(golden('a-linux-real-server/apply.sh'));
  await api.patch(service, { enabled: true }).expect(200);
});

it.each([
  ['without the operating system', '', 400, 'parameter-invalid'],
  ['for another operating system', '?os=plan9', 400, 'parameter-invalid'],
  ['for another part', '?os=linux&part=destroy', 400, 'parameter-invalid'],
  ['with a parameter that is not known', '?os=linux&root=/', 400, 'unknown-parameter'],
])('is refused %s', async (_, query, status, code) => {
  const answer = await api.get(`${web}/setup${query}`);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers['content-type']).toContain('application/problem+json');
});

it('is refused for a real server that has an agent, and where there is none', async () => {
  await api.patch(web, { managed: true }).expect(200);
  const { body } = await api.get(`${web}/setup?os=linux`).expect(422);
  expect(body.code).toBe('real-server-is-managed');
  expect(body.errors[0].hint).toContain('managed');
  await api.patch(web, { managed: false }).expect(200);
  const nobody = '00000000-0000-4000-8000-000000000000';
  await api.get(`${web.replace(/[^/]+$/, nobody)}/setup?os=linux`).expect(404);
  await api.get(`/v1/virtual-services/${nobody}/real-servers/${nobody}/setup?os=linux`).expect(404);
});
