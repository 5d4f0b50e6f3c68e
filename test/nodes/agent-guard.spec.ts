/**
 * The second lock on a VIP's silence, on the real kernel: what it keeps in and out when the first one is gone, and what
 * it leaves alone. Each control does the same without the guard, and must be seen.
 */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentLab, vipDocument, VIP, VIP6 } from '../support/agent-lab.js';
import type { Host } from '../support/namespaces.js';

const OTHER = '192.0.2.201';
const DROP_IN = '99-zz-homeward-agent.conf';
const A_LOOK_MS = 150;

let lab: AgentLab;

beforeEach(async () => {
  lab = await AgentLab.open('guard');
});
afterEach(() => lab.close());

const look = () => new Promise((resolve) => setTimeout(resolve, A_LOOK_MS));
const onHost = (words: string) => lab.realServer.exec(words.split(' ') as [string, ...string[]]);
const rules = async () => (await onHost('nft list ruleset arp')) + (await onHost('nft list ruleset ip6'));

/** An agent that holds both VIPs, and dies: from then on nothing is repaired. */
async function heldAndLeft(): Promise<void> {
  await lab.startControlPlane();
  const agent = lab.startAgent();
  const report = await lab.putInForce({ [VIP]: vipDocument(VIP), [VIP6]: vipDocument(VIP6) });
  expect(report.faults).toEqual([]);
  expect(report.conditions).toContainEqual(expect.objectContaining({ type: 'GuardLoaded', status: 'True' }));
  await lab.kill(agent);
}

/** The VIPs bound as an agent binds them, with nothing else. */
async function boundAlone(): Promise<void> {
  await onHost(`ip address add ${VIP}/32 dev lo`);
  await onHost(`ip address add ${VIP6}/128 dev lo nodad`);
}

async function claimsDuring(deeds: readonly string[]): Promise<readonly string[]> {
  const watch = await lab.watchArp();
  for (const deed of deeds) await commit(deed);
  await look();
  // Who was answered asks no more.
  expect(watch.questions).toBeGreaterThan(0);
  expect(watch.questions6).toBeGreaterThan(0);
  return watch.claims;
}

/** Nobody answers a ping; that the question is asked is all. */
async function commit(deed: string): Promise<void> {
  const done = onHost(deed);
  await (deed.startsWith('ping') ? done.catch(() => undefined) : done);
}

const MISDEEDS = {
  'sets arp_ignore=0': ['sysctl -qw net.ipv4.conf.all.arp_ignore=0'],
  'has the network card answer for neighbours by proxy': [
    'sysctl -qw net.ipv6.conf.eth0.forwarding=1 net.ipv6.conf.eth0.proxy_ndp=1 net.ipv6.neigh.eth0.proxy_delay=0',
    `ip neigh add proxy ${VIP6} dev eth0`,
  ],
  'puts the IPv4 VIP on the network card as well': [`ip address add ${VIP}/24 dev eth0`],
  'asks for a neighbour in the name of the VIP': [
    'sysctl -qw net.ipv4.conf.all.arp_announce=0',
    `ping -q -c 1 -W 1 -I ${VIP} 192.0.2.77`,
  ],
  'puts the IPv6 VIP on the network card': [`ip address add ${VIP6}/128 dev eth0 nodad`],
} as const;

describe('a guarded host stays silent when somebody', () => {
  it.each(Object.entries(MISDEEDS))('%s', async (_, deeds) => {
    await heldAndLeft();
    expect(await claimsDuring(deeds)).toEqual([]);
  });

  it.each(Object.entries(MISDEEDS))('%s; the control without the guard does not', async (_, deeds) => {
    await boundAlone();
    await onHost('sysctl -qw net.ipv4.conf.all.arp_ignore=1');
    expect((await claimsDuring(deeds)).length).toBeGreaterThan(0);
  });
});

const OWN = ['192.0.2.11', '2001:db8::11'] as const;
const CLIENT = ['192.0.2.9', '2001:db8::9'] as const;

/** Both sides forget each other, so that each must ask. */
async function forgetNeighbours(): Promise<void> {
  await Promise.all([lab.client, lab.realServer].map((host) => host.exec(['ip', 'neigh', 'flush', 'all'])));
}

const ping = (from: Host, to: string) => from.exec(['ping', '-q', '-c', '1', '-W', '2', to]);

/** How the client's duplicate address detection of an address ends. */
async function detect(address: string): Promise<'usable' | 'duplicate'> {
  await lab.client.exec(['ip', 'address', 'add', `${address}/64`, 'dev', 'eth0']);
  const state = () => lab.client.exec(['ip', '-6', 'address', 'show', 'to', address]);
  await lab.until(async () => /dadfailed|inet6(?!.*tentative)/.test(await state()), 'the detection');
  return (await state()).includes('dadfailed') ? 'duplicate' : 'usable';
}

describe('a guarded host goes on', () => {
  it('resolving and being resolved by its own addresses', async () => {
    await heldAndLeft();
    for (const [index, own] of OWN.entries()) {
      await forgetNeighbours();
      expect(await ping(lab.client, own)).toContain('1 received');
      await forgetNeighbours();
      expect(await ping(lab.realServer, CLIENT[index] ?? '')).toContain('1 received');
    }
  });

  it('defending its own address against a duplicate, but not the VIP, which the director holds', async () => {
    await heldAndLeft();
    expect(await detect(VIP6)).toBe('usable');
    expect(await detect(OWN[1])).toBe('duplicate');
  });
});

describe('a guard', () => {
  beforeEach(() => lab.startControlPlane());

  it('is gone with the last VIP, and so is the file of settings; what others put there stays', async () => {
    await onHost('nft add table arp other');
    lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP), [VIP6]: vipDocument(VIP6) });
    expect(await rules()).toContain('0x20010db8000000000000000000000200');
    const file = join(lab.sysctlDir, DROP_IN);
    expect(await readFile(file, 'utf8')).toMatch(
      /^# .*\nnet.ipv4.conf.all.arp_announce = 2\nnet.ipv4.conf.all.arp_ignore = 1\nnet.ipv4.conf.default.arp_announce = 2\nnet.ipv4.conf.default.arp_ignore = 1\n$/,
    );
    await lab.putInForce({ [VIP]: null });
    expect(await rules()).toContain('0x20010db8000000000000000000000200');
    expect(await rules()).not.toContain(VIP);
    await expect(access(file)).rejects.toThrow('ENOENT');
    await lab.putInForce({ [VIP6]: null });
    expect((await rules()).trim()).toBe('table arp other {\n}');
  });

  it('covers a VIP that an operator had put there, also when it is left to them', async () => {
    await boundAlone();
    const agent = lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP), [VIP6]: vipDocument(VIP6) });
    await lab.putInForce({ [VIP]: null, [VIP6]: null });
    expect(lab.fact(VIP6)).toMatchObject({ silent: true, reason: 'LeftToOperator' });
    await lab.kill(agent);
    expect(await claimsDuring(Object.values(MISDEEDS).flat())).toEqual([]);
  });

  it('that somebody flushed is made anew for all VIPs by the next change', async () => {
    lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP), [VIP6]: vipDocument(VIP6) });
    await onHost('nft flush ruleset');
    const { faults } = await lab.putInForce({ [OTHER]: vipDocument(OTHER) });
    expect(faults).toEqual([]);
    for (const element of [VIP, OTHER, '0x20010db8000000000000000000000200'])
      expect(await rules()).toContain(element);
  });

  it('never covers an address of the host itself', async () => {
    lab.startAgent();
    await lab.putInForce({ [OWN[0]]: vipDocument(OWN[0]), [VIP]: vipDocument(VIP) });
    expect(await rules()).not.toContain(OWN[0]);
    await forgetNeighbours();
    await ping(lab.client, OWN[0]);
  });
});
