/**
 * Plans and dry runs of every kind of write, with a real engine and a real agent: the kernels of both hosts are as they
 * were, rules with their handles, addresses, routes, policies and settings. What looks is seen to see.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ADDRESS, DiagnosisLab } from '../support/diagnosis-lab.js';
import { meantWrites, newServiceOn, type MeantWrite } from '../support/meant-writes.js';
import type { Host } from '../support/namespaces.js';

const PATIENCE = { timeout: 20_000, interval: 50 };
/** Nodes have in force within some ten milliseconds what is written. */
const HAD_IT_BEEN_MADE_MS = 500;
const SETTINGS = 'grep -rs . /proc/sys/net/ipv4 /proc/sys/net/ipv6 || true';
const LOOKS = {
  rules: ['nft', '-a', 'list', 'ruleset'],
  addresses: ['ip', 'address'],
  routes: ['ip', 'route', 'show', 'table', 'all'],
  policies: ['ip', 'xfrm', 'policy'],
  settings: ['sh', '-c', SETTINGS],
} as const;
type Kernel = Record<string, string>;

let lab: DiagnosisLab;
let writes: readonly MeantWrite[];

beforeAll(async () => {
  lab = await DiagnosisLab.open();
  await lab.serve('0.0.0.0');
  await lab.plane.joinDirector(lab.net);
  lab.plane.startEngine(lab.net);
  await lab.expectAgent();
  lab.startAgent();
  await vi.waitFor(async () => expect(await lab.codes()).toEqual([]), PATIENCE);
  const { body } = await lab.api.get('/v1/nodes').expect(200);
  const idOf = (role: string) => body.items.find((node: { role: string }) => node.role === role).id;
  const { service, realServer } = lab;
  writes = meantWrites({
    service,
    realServer,
    agent: idOf('agent'),
    director: idOf('director'),
    host: ADDRESS,
  });
});

afterAll(() => lab.close());

async function kernelOf(host: Host): Promise<Kernel> {
  const seen = Object.entries(LOOKS).map(async ([name, argv]) => [name, await host.exec([...argv])]);
  return Object.fromEntries(await Promise.all(seen));
}

async function kernels() {
  const [director, server] = await Promise.all([lab.net.director, lab.server].map(kernelOf));
  return { director, server };
}

function changed(before: Kernel = {}, after: Kernel = {}): readonly string[] {
  return Object.keys(before).filter((name) => before[name] !== after[name]);
}

it('nothing in the kernels of director and real server is touched by a plan', async () => {
  const before = await kernels();
  for (const { method, path, body } of writes) {
    const { status, body: plan } = await lab.api.send(method, `${path}?dryRun=true`).send(body);
    expect([status, plan.changes?.length > 0 || plan.violations?.length > 0], path).toEqual([200, true]);
  }
  // Of nodes plans take none.
  const changes = writes
    .filter(({ path }) => path.startsWith('/v1/virtual-services'))
    .map(({ method, ...write }) => ({ method: method.toUpperCase(), ...write }));
  for (const change of changes) await lab.api.post('/v1/plans', { changes: [change] }).expect(200);
  await sleep(HAD_IT_BEEN_MADE_MS);
  expect(await kernels()).toEqual(before);
});

it('the same writes are seen in both when they are made', async () => {
  const before = await kernels();
  const made = await lab.api.post('/v1/virtual-services', newServiceOn(ADDRESS));
  expect(made.status).toBe(201);
  const after = async (from: typeof before) => {
    const now = await kernels();
    return [changed(from.director, now.director), changed(from.server, now.server)];
  };
  const everything = [
    ['rules', 'addresses', 'routes', 'policies'],
    ['rules', 'addresses', 'routes'],
  ];
  await expect.poll(() => after(before), PATIENCE).toEqual(everything);
  const since = await kernels();
  await lab.api.insist(lab.service, { scheduler: 'source-hash' });
  await expect.poll(() => after(since), PATIENCE).toEqual([['rules'], []]);
  await lab.net.director.exec(['sysctl', '-qw', 'net.ipv4.conf.eth0.arp_ignore=2']);
  await expect.poll(() => after(since), PATIENCE).toEqual([['rules', 'settings'], []]);
});
