/**
 * `homeward agent doctor` on a real kernel: each cause is made, named first, and unmade again, on one host. Where the
 * doctor gives commands that mend the cause by themselves, these are what unmakes it.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VipDocument, VipService } from '../../src/contract/documents.js';
import { AgentLab, VIP, VIP6 } from '../support/agent-lab.js';
import { INSTALLED_AGENT } from '../support/installed-agent.js';
import { TrafficPeer } from '../support/traffic.js';

const OWN = '192.0.2.11';
const WEB: VipService = { protocol: 'tcp', port: 80, endPort: 80 };
const DNS: VipService = { protocol: 'udp', port: 53, endPort: 53 };
const PAGE: VipService = {
  protocol: 'tcp',
  port: 8080,
  endPort: 8080,
  http: { scheme: 'http', path: '/', host: null, expectedStatus: 200 },
};
/** Nobody repairs what a test breaks. */
const NO_AGENT = 'agent-away';

interface Found {
  readonly code: string;
  readonly concerns: readonly string[];
  readonly fix: { readonly linux: { readonly commands: readonly string[] } };
}

interface Served {
  /** Its port is free then. */
  end(): Promise<void>;
}

let lab: AgentLab;
let web: Served;
let dns: Served;
let page: Served;

beforeAll(async () => {
  lab = await AgentLab.open('doctor');
  await lab.startControlPlane();
  web = await serve(WEB, '0.0.0.0');
  page = await servePage(200);
  const agent = lab.startAgent();
  await lab.putInForce({ [VIP]: vip(VIP, [WEB, DNS, PAGE]), [VIP6]: vip(VIP6, [DNS]) });
  dns = await serve(DNS, VIP);
  await serve(DNS, VIP6);
  await lab.realServer.addRoutes([{ to: 'default', via: '2001:db8::1' }]);
  expect(await doctor()).toEqual([]);
  await lab.stop(agent);
  await tellOwnAddress();
});

afterAll(() => lab.close());

const sh = (command: string) => lab.realServer.exec(['sh', '-c', command]);
const vip = (address: string, services: readonly VipService[]): VipDocument => {
  return { kind: 'vip', address, services };
};

async function serve({ protocol, port }: VipService, address: string): Promise<Served> {
  const peer = new TrafficPeer(lab.realServer);
  await peer.serve({ name: 'one', protocol, address, port });
  return peer;
}

/** A page with that status. */
async function servePage(status: number): Promise<Served> {
  const program = `require('http').createServer((_, r) => r.writeHead(${status}).end()).listen(8080, () => console.log('up'))`;
  const child = lab.realServer.spawn([process.execPath, '-e', program]);
  await new Promise((done) => child.stdout?.once('data', done));
  return { end: () => lab.kill(child) };
}

/** The stand-in for the control plane knows no addresses of its nodes. */
async function tellOwnAddress(): Promise<void> {
  const path = join(lab.stateDir, 'identity.json');
  const identity = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...identity, addresses: [OWN] }));
}

async function run(options: string, stateDir = lab.stateDir) {
  const env = `HOMEWARD_STATE_DIR=${stateDir} HOMEWARD_SYSCTL_DIR=${lab.sysctlDir} HOMEWARD_RUN_DIR=${join(lab.stateDir, 'run')}`;
  const said = await sh(
    `${env} ${process.execPath} ${INSTALLED_AGENT} agent doctor ${options} 2>&1; echo $?`,
  );
  const [, text = '', exitCode = ''] = /^([^]*?)(\d+)\n$/.exec(said) ?? [];
  return { text, exitCode: Number(exitCode) };
}

async function doctor(stateDir = lab.stateDir): Promise<readonly Found[]> {
  const { text, exitCode } = await run('--json', stateDir);
  const { findings } = JSON.parse(text) as { findings: readonly Found[] };
  expect(exitCode).toBe(findings.length === 0 ? 0 : 1);
  return findings;
}

const codesOf = (findings: readonly Found[]) => findings.map(({ code }) => code);

/** Makes a cause, sees what the doctor says, and unmakes it; by what the doctor said where nothing else is given. */
async function made(make: string, unmake?: string): Promise<readonly Found[]> {
  await sh(make);
  const findings = await doctor();
  for (const command of unmake === undefined ? (findings[0]?.fix.linux.commands ?? []) : [unmake])
    await sh(command);
  if (unmake === undefined) expect(codesOf(await doctor())).not.toContain(findings[0]?.code);
  return findings;
}

const bare = (address: string) => `ip address del ${address}/32 dev lo`;
const held = (address: string) => `ip address add ${address}/32 dev lo`;
const rules = (text: string) =>
  `nft 'table inet filter { chain input { type filter hook input priority 0; ${text} }; }'`;

describe('the doctor', () => {
  it('changes nothing on the host', async () => {
    const state = () =>
      sh('ip address; ip route; nft list ruleset; sysctl -a --pattern "^net.ipv4.conf" 2>&1');
    const before = (await state()).replace(/valid_lft.*/g, '');
    await doctor();
    expect((await state()).replace(/valid_lft.*/g, '')).toBe(before);
  });
});

describe('the doctor names first', () => {
  it.each([
    ['vip-missing', bare(VIP), held(VIP)],
    ['vip-on-another-interface', `ip address add ${VIP}/24 dev eth0`],
    ['vip-on-another-interface', `ip address add ${VIP6}/128 dev eth0 nodad`],
    ['vip-prefix-too-wide', `ip address add ${VIP}/24 dev lo`],
    [
      'vip-is-the-gateway',
      `${bare(VIP)}; ip route replace default via ${VIP}`,
      `ip route replace default via 192.0.2.1; ${held(VIP)}`,
    ],
    ['host-answers-arp', 'sysctl -q -w net.ipv4.conf.all.arp_ignore=0'],
    ['host-answers-arp', 'sysctl -q -w net.ipv4.conf.all.arp_announce=0'],
    [
      'router-loop',
      `${bare(VIP)}; sysctl -q -w net.ipv4.ip_forward=1`,
      `sysctl -q -w net.ipv4.ip_forward=0; ${held(VIP)}`,
    ],
    [
      'guard-missing',
      `nft delete element arp homeward vips { ${VIP} }`,
      `nft add element arp homeward vips { ${VIP} }`,
    ],
    [
      'address-not-on-host',
      `ip address del ${OWN}/24 dev eth0`,
      `ip address add ${OWN}/24 dev eth0; ip route replace default via 192.0.2.1`,
    ],
    [
      'interface-down',
      'ip link set eth0 down',
      'ip link set eth0 up; ip address replace 2001:db8::11/64 dev eth0 nodad; ip route replace default via 192.0.2.1; ip route replace default via 2001:db8::1',
    ],
    ['firewall-drops', rules('iif != lo tcp dport 80 drop;'), 'nft delete table inet filter'],
    ['no-default-route', 'ip route del default', 'ip route add default via 192.0.2.1'],
  ])('%s, made by: %s', async (code, make, unmake?: string) => {
    expect(codesOf(await made(make, unmake))[0]).toBe(code);
  });

  it('a strict reverse path filter on the card that the default route does not leave by', async () => {
    await lab.realServer.sysctl('net.ipv4.conf.all.rp_filter', 0);
    await lab.realServer.addLink({ bridge: 'lan', mac: '02:00:00:00:00:b2', addresses: ['192.0.3.11/24'] });
    const findings = await made('sysctl -q -w net.ipv4.conf.eth1.rp_filter=1');
    expect(codesOf(findings)[0]).toBe('reverse-path-filter');
    await lab.realServer.unplugLast();
  });

  it('a service that listens on its own address alone, and one that does not listen at all', async () => {
    await web.end();
    expect(await doctor()).toMatchObject([
      { code: 'not-listening', concerns: [`${VIP} tcp 80`] },
      { code: NO_AGENT },
    ]);
    web = await serve(WEB, OWN);
    expect(codesOf(await doctor())).toEqual(['listens-elsewhere', NO_AGENT]);
    await web.end();
    web = await serve(WEB, VIP);
  });

  it('a UDP service that answers from an address of the host', async () => {
    await dns.end();
    dns = await serve(DNS, '0.0.0.0');
    expect(codesOf(await doctor())).toEqual(['udp-answers-from-elsewhere', NO_AGENT]);
    await dns.end();
    dns = await serve(DNS, VIP);
  });

  it('a page with another status than its health check expects', async () => {
    await page.end();
    page = await servePage(503);
    expect(codesOf(await doctor())).toEqual(['service-does-not-answer', NO_AGENT]);
    await page.end();
    page = await servePage(200);
  });

  it('a host that has not joined', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'homeward-doctor-'));
    expect(codesOf(await doctor(empty))[0]).toBe('no-agent');
    await rm(empty, { recursive: true });
  });
});

describe('the doctor names, where no agent runs', () => {
  it('rules that depend on who asks', async () => {
    const make = rules('ip saddr 198.51.100.0/24 drop;');
    expect(codesOf(await made(make, 'nft delete table inet filter'))).toEqual([
      NO_AGENT,
      'firewall-not-understood',
    ]);
  });

  it('the guard of IPv6, which has no other lock', async () => {
    const element = `0x${'20010db8'.padEnd(29, '0')}200`;
    const findings = await made(
      `nft delete element ip6 homeward vips '{ ${element} }'`,
      `nft add element ip6 homeward vips '{ ${element} }'`,
    );
    expect(findings[0]).toMatchObject({ code: 'guard-missing', concerns: [`${VIP6} udp 53`] });
  });

  it('nothing more once all of this is unmade', async () => {
    expect(codesOf(await doctor())).toEqual([NO_AGENT]);
  });

  it('settings that a reboot would forget', async () => {
    const [dropIn = ''] = await readdir(lab.sysctlDir);
    const text = await readFile(join(lab.sysctlDir, dropIn), 'utf8');
    await rm(join(lab.sysctlDir, dropIn));
    expect(codesOf(await doctor())).toEqual([NO_AGENT, 'settings-not-kept']);
    await writeFile(join(lab.sysctlDir, dropIn), text);
  });

  it('a saved state that is damaged', async () => {
    const files = (await readdir(lab.stateDir)).filter((name) => name.startsWith('held-'));
    for (const name of files) await writeFile(join(lab.stateDir, name), 'no state at all');
    expect(codesOf(await doctor())).toEqual([NO_AGENT, 'state-damaged']);
  });

  it('a VIP that no client can reach', async () => {
    const agent = lab.startAgent();
    await lab.put({ '224.0.0.9': vip('224.0.0.9', [WEB]) });
    await expect.poll(async () => codesOf(await doctor())[0], { timeout: 10_000 }).toBe('vip-not-usable');
    await lab.stop(agent);
  });

  it('nothing where it cannot look', async () => {
    expect(await run('', '/nonexistent')).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('could not be looked at'),
    });
  });
});
