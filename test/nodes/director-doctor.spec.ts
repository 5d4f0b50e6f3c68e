/** `homeward engine doctor` on a real kernel: each cause is made, named, and unmade again, on one director. */
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentDigest, EMPTY_SET_DIGEST, toggleInSetDigest } from '../../src/contract/digest.js';
import type { Document } from '../../src/contract/documents.js';
import { HeldStore } from '../../src/link/held/held-store.js';
import { saveIdentity } from '../../src/link/node-identity.js';
import { lockStateDir } from '../../src/link/state-lock.js';
import { createLogger } from '../../src/platform/logger.js';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';

const MAIN = resolve('dist/src/main.js');
const CLUSTER = '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c';
let net: DirectorNetwork;
let engine: { close(): Promise<void> };

const SERVICES = [
  service(1, { servers: entries(1, 4, [1000, 1000]) }),
  service(2, { address: VIP6, port: 81, endPort: 90, servers: entries(2, 6, [1000, null]) }),
];

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-doc`);
  expect(await net.restart(SERVICES)).toEqual([]);
  await tell();
  await saveIdentity(net.stateDir, {
    format: 1,
    cluster: CLUSTER,
    nodeId: 'b1e0c6d4-0000-4000-8000-000000000001',
    role: 'director',
    addresses: ['192.0.2.2'],
    credential: `hwn_${'c'.repeat(43)}`,
  });
  engine = await lockStateDir(net.stateDir);
});

afterAll(async () => {
  await engine.close();
  await net.close();
});

/** What the link keeps on disk once it has taken these services. */
async function tell(): Promise<void> {
  const documents: Document[] = SERVICES.map((body) => ({
    key: `service-${body.number}`,
    version: body.number,
    revision: 7,
    body,
  }));
  const digest = documents.reduce(
    (set, { key, body }) => (body === null ? set : toggleInSetDigest(set, documentDigest(key, body))),
    EMPTY_SET_DIGEST,
  );
  const store = await HeldStore.open(net.stateDir, createLogger('test', 'silent'));
  store.take({ cluster: CLUSTER, epoch: 1, version: 2, revision: 7, seed: 1, digest }, documents);
  await store.close();
}

/** As an operator runs it on the director; the exit code says whether something was found. */
async function doctor(...options: readonly string[]): Promise<string> {
  const environment = [`HOMEWARD_STATE_DIR=${net.stateDir}`, 'HOMEWARD_INTERFACE=eth0'];
  const program = [process.execPath, MAIN, 'engine', 'doctor', ...options];
  return net.director.exec(['env', ...environment, ...program], { exitCodes: [0, 1] });
}

interface Told {
  readonly ground: object;
  readonly findings: readonly { readonly code: string; readonly concerns: readonly string[] }[];
}

const told = async () => JSON.parse(await doctor('--json')) as Told;
const codes = async () => (await told()).findings.map(({ code }) => code);
const sh = (command: string) => net.director.exec(['sh', '-c', command]);

it('finds nothing on a director that is well, and says what it looked at', async () => {
  const { ground, findings } = await told();
  expect(findings).toEqual([]);
  expect(ground).toEqual({ vipDevice: 'eth0', devices: ['eth0'], down: [] });
  const text = await doctor();
  expect(text).toMatch(/Looked at 2 services, as the engine was last told \(revision 7, at 20\d\d-/);
  expect(text).toMatch(/nft: nftables v\d/);
});

it('tells of a VIP that somebody took, of a service, and of the whole table', async () => {
  await sh(`ip address delete ${VIP4}/32 dev eth0; nft flush map netdev homeward ranges6`);
  const { findings } = await told();
  expect(findings).toMatchObject([
    { code: 'services-missing', concerns: [`${VIP6} tcp 81`] },
    { code: 'vips-not-held', concerns: [VIP4] },
  ]);
  await sh('nft delete table netdev homeward');
  expect(await codes()).toEqual(['table-missing', 'vips-not-held']);
  await net.restart(SERVICES);
});

it('tells of a real server that nobody answers for, of routing, and of an engine that is away', async () => {
  await sh('ip neighbour replace 192.0.2.11 dev eth0 nud incomplete; sysctl -qw net.ipv4.ip_forward=1');
  await engine.close();
  expect(await codes()).toEqual(['server-not-found', 'engine-away', 'routing-is-on']);
  engine = await lockStateDir(net.stateDir);
  await sh('ip neighbour delete 192.0.2.11 dev eth0; sysctl -qw net.ipv4.ip_forward=0');
  expect(await codes()).toEqual([]);
});
