/**
 * The API's diagnosis on the real kernel: a real agent and a real engine report to a real control plane. Each cause is
 * made on a host, named first, and unmade again; in between nothing stands against traffic.
 */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/api/store/data-source.js';
import { saveIdentity } from '../../src/link/node-identity.js';
import { runNode } from '../../src/link/run-node.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { createLogger } from '../../src/platform/logger.js';
import { relay } from '../lab/relay.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { DirectorNetwork, VIP4 as VIP } from '../support/director-network.js';
import { stopProcess, type Host } from '../support/namespaces.js';
import { TestNode } from '../support/test-node.js';
import { TrafficPeer } from '../support/traffic.js';

const ADDRESS = '192.0.2.13';
const ROUTER = 'ip route replace default via 192.0.2.1';
const PATIENCE = { timeout: 20_000, interval: 50 };
const PORT = 3999;

const logger = createLogger('test', 'silent');
let running: AbortController;
let dir: string;
let postgres: EmbeddedPostgres;
let api: ApiUnderTest;
let net: DirectorNetwork;
let door: Server;
let engine: Promise<void>;
let server: Host;
let agent: ChildProcess;
let agentEnv: Readonly<Record<string, string>>;
let web: TrafficPeer;
let service: string;
let path: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'homeward-diagnosis-'));
  postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'data'), logger });
  const migrator = await createDataSource(postgres.url).initialize();
  await migrator.runMigrations();
  await migrator.destroy();
  api = await ApiUnderTest.on(postgres.url, null);
  net = await DirectorNetwork.create(`hw${process.pid}-dia`);
  server = await net.network.addHost({
    name: 'three',
    links: [{ bridge: 'lan', mac: '02:00:00:00:00:b3', addresses: [`${ADDRESS}/24`] }],
    routes: [{ to: 'default', via: '192.0.2.1' }],
  });
  await openDoor();
  web = await serve('0.0.0.0');
  const { body } = await api.post('/v1/nodes', { name: 'web-3', role: 'agent', addresses: [ADDRESS] });
  agentEnv = {
    HOMEWARD_API_URL: `http://127.0.0.1:${PORT}`,
    HOMEWARD_JOIN_TOKEN: String(body.joinToken),
    HOMEWARD_STATE_DIR: join(dir, 'agent'),
    HOMEWARD_SYSCTL_DIR: join(dir, 'agent'),
    HOMEWARD_LOG_LEVEL: 'silent',
  };
  const made = await api.createService({ address: VIP, realServers: [{ address: ADDRESS }] });
  service = `/v1/virtual-services/${made.id}`;
  path = `${service}/real-servers/${made.realServers[0]?.id}/diagnosis`;
  const untilThen = await codes();
  expect([untilThen[0], untilThen.includes('no-director')]).toEqual(['agent-not-reported', true]);
  await joinDirector();
  startEngine();
  startAgent();
});

afterAll(async () => {
  running.abort();
  await engine;
  await net.close();
  door.close();
  await api.close();
  await postgres.close();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(async () => {
  await expect.poll(codes, PATIENCE).toEqual([]);
});

const sh = (command: string) => server.exec(['sh', '-c', command]);

async function codes(): Promise<readonly string[]> {
  const { body } = await api.get(path).expect(200);
  return body.findings.map(({ code }: { code: string }) => code);
}

const first = async () => (await codes())[0];

async function joinDirector(): Promise<void> {
  const { id: nodeId, credential } = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  const [{ cluster } = { cluster: '' }] = await api.query<{ cluster: string }>(
    'SELECT id AS cluster FROM cluster',
  );
  const addresses = ['192.0.2.2'];
  await saveIdentity(net.stateDir, { format: 1, cluster, nodeId, role: 'director', addresses, credential });
}

/** The engine is here, and its commands run on the director. */
function startEngine(): void {
  running = new AbortController();
  engine = runNode(net.engine, { apiUrl: api.base, stateDir: net.stateDir }, running.signal, logger);
}

/** As though the director had been silent for so long. */
async function pass(interval: string, director: string): Promise<void> {
  await api.query(
    'UPDATE node_status s SET last_seen_at = now() - $2::interval FROM node n WHERE n.id = s.node_id AND n.name = $1',
    [director, interval],
  );
}

/** A Unix socket leads from the host's namespace to the API. */
async function openDoor(): Promise<void> {
  const socket = join(dir, 'door');
  door = relay({ host: '127.0.0.1', port: Number(new URL(api.base).port) });
  await once(door.listen(socket), 'listening');
  const program = `import { relay } from '${resolve('dist/test/lab/relay.js')}';
    relay({ path: '${socket}' }).listen(${PORT}, '127.0.0.1', () => console.log('open'));`;
  const child = server.spawn([process.execPath, '--input-type=module', '--eval', program]);
  if (child.stdout !== null) await once(child.stdout, 'data');
}

function startAgent(): void {
  agent = server.spawn([process.execPath, resolve('dist/test/support/quick-agent.js')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: agentEnv,
  });
}

/** An agent that starts anew asks its services at once. */
async function startAgentAnew(): Promise<void> {
  await stopProcess(agent);
  startAgent();
}

async function serve(address: string): Promise<TrafficPeer> {
  const peer = new TrafficPeer(server);
  await peer.serve({ name: 'three', protocol: 'tcp', address, port: 80 });
  return peer;
}

describe('the diagnosis names first', () => {
  it.each([
    ['vip-on-another-interface', `ip address add ${VIP}/24 dev eth0`, `ip address del ${VIP}/24 dev eth0`],
    ['vip-prefix-too-wide', `ip address add ${VIP}/24 dev lo`, `ip address del ${VIP}/24 dev lo`],
    [
      'host-answers-arp',
      'sysctl -q -w net.ipv4.conf.eth0.arp_ignore=3',
      'sysctl -q -w net.ipv4.conf.eth0.arp_ignore=0',
    ],
    [
      'firewall-drops',
      `nft 'table inet filter { chain input { type filter hook input priority 0; iif != lo tcp dport 80 drop; }; }'`,
      'nft delete table inet filter',
    ],
    [
      'firewall-not-understood',
      `nft 'table inet filter { chain input { type filter hook input priority 0; ip saddr 203.0.113.0/24 drop; }; }'`,
      'nft delete table inet filter',
    ],
    [
      'no-common-segment',
      `ip address del ${ADDRESS}/24 dev eth0; ip address add ${ADDRESS}/32 dev eth0; ip route add 192.0.2.1 dev eth0; ${ROUTER}`,
      `ip address del ${ADDRESS}/32 dev eth0; ip address add ${ADDRESS}/24 dev eth0; ${ROUTER}`,
    ],
    [
      'address-not-on-host',
      `ip address del ${ADDRESS}/24 dev eth0`,
      `ip address add ${ADDRESS}/24 dev eth0; ${ROUTER}`,
    ],
    ['interface-down', 'ip link set eth0 down', `ip link set eth0 up; ${ROUTER}`],
    ['mtu-differs', 'ip link set eth0 mtu 1400', 'ip link set eth0 mtu 1500'],
    ['default-route-through-director', 'ip route replace default via 192.0.2.2', ROUTER],
    ['no-default-route', 'ip route del default', ROUTER],
  ])('%s, made by: %s', async (code, make, unmake) => {
    await sh(make);
    await expect.poll(first, PATIENCE).toBe(code);
    await sh(unmake);
  });

  it('a service that does not listen', async () => {
    web.end();
    await startAgentAnew();
    await expect.poll(first, PATIENCE).toBe('not-listening');
    web = await serve(VIP);
  });

  it('a director that cannot do what it is told', async () => {
    // nft refuses the change, as it does what it does not understand.
    net.sabotage = ({ argv }) => argv.includes('-f') && 1;
    await api.patch(service, { scheduler: 'source-hash' }).expect(200);
    await expect.poll(first, PATIENCE).toBe('director-fault');
    net.sabotage = undefined;
    await api.patch(service, { scheduler: 'maglev' }).expect(200);
  });

  it('an engine that has ended, at first by what it has not confirmed and then by its silence', async () => {
    running.abort();
    await engine;
    await api.patch(service, { scheduler: 'source-hash' }).expect(200);
    expect(await first()).toBe('directors-behind');
    await pass('1 minute', 'lb-1');
    expect(await first()).toBe('directors-away');
    net.engine = net.newEngine();
    startEngine();
  });

  it('one director of two that is away', async () => {
    const { id } = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
    await expect.poll(codes, PATIENCE).toEqual(['director-away']);
    await api.delete(`/v1/nodes/${id}`).expect(204);
  });

  it('an agent that belongs to another installation', async () => {
    const file = join(dir, 'agent', 'identity.json');
    const text = await readFile(file, 'utf8');
    const cluster = '00000000-0000-4000-8000-00000000abcd';
    await stopProcess(agent);
    await writeFile(file, JSON.stringify({ ...(JSON.parse(text) as object), cluster }));
    startAgent();
    await expect.poll(first, PATIENCE).toBe('agent-of-another-epoch');
    await stopProcess(agent);
    await writeFile(file, text);
    startAgent();
  });

  it('an agent whose documents are not what they should be', async () => {
    const spoil = `UPDATE document_scope SET digest = translate(digest, '0123456789', '1234567890') WHERE scope <> 'directors'`;
    const restore = `UPDATE document_scope SET digest = translate(digest, '1234567890', '0123456789') WHERE scope <> 'directors'`;
    await api.query(spoil);
    // It has forgotten what it held, and asks for all.
    await stopProcess(agent);
    const held = (await readdir(join(dir, 'agent'))).filter((name) => name.startsWith('held-'));
    for (const name of held) await rm(join(dir, 'agent', name));
    startAgent();
    await expect.poll(first, PATIENCE).toBe('agent-refuses-documents');
    await api.query(restore);
    await startAgentAnew();
  });

  it('an agent whose ears are ended again and again', async () => {
    const monitors = `for each in $(pgrep -P ${agent.pid}); do case $(cat /proc/$each/comm) in ip|nft) kill -9 $each;; esac; done`;
    await sh(monitors);
    // What it is told makes the agent report at once.
    const other = await api.createService({ address: VIP, port: 81, realServers: [{ address: ADDRESS }] });
    await expect
      .poll(async () => {
        await sh(monitors);
        return codes();
      }, PATIENCE)
      .toContain('drift-seen-late');
    await api.delete(`/v1/virtual-services/${other.id}`).expect(204);
    await startAgentAnew();
  });

  // Last, for the agent speaks of it for a minute.
  it('that something takes the VIP away again and again', async () => {
    // Whenever it comes back, until the agent puts up with it no more.
    const takeAway = `while :; do ip address del ${VIP}/32 dev lo 2> /dev/null; sleep 0.1; done`;
    const fight = server.spawn(['sh', '-c', takeAway], { stdio: 'ignore' });
    await expect.poll(first, PATIENCE).toBe('vip-taken-away');
    expect(await codes(), 'the agent says so of its repairs, too').toContain('repairs-undone');
    await stopProcess(fight);
  });
});
