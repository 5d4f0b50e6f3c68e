/**
 * What a host must never lose by its agent: its own address, its gateway, and the VIPs that serve while somebody fights
 * over a setting. Each control shows that the test would notice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentLab, REAL_SERVER_MAC, vipDocument, VIP, VIP6 } from '../support/agent-lab.js';

const OWN = '192.0.2.11';
const OWN6 = '2001:db8::11';
const GATEWAY = '192.0.2.1';
const FEW_MS = 2_000;
const FIGHT_MS = 4_000;
const LONGER_THAN_A_PAUSE_MS = 25_000;

let lab: AgentLab;

beforeEach(async () => {
  lab = await AgentLab.open('harm');
  await lab.startControlPlane();
});
afterEach(() => lab.close());

const onHost = (words: string) => lab.realServer.exec(words.split(' ') as [string, ...string[]]);
const guard = () => onHost('nft list table arp homeward');

async function isReached(address: string): Promise<boolean> {
  await lab.client.exec(['ip', 'neigh', 'flush', 'all']);
  const ping = lab.client.exec(['ping', '-q', '-c', '1', '-W', '1', address]);
  return ping.then(
    () => true,
    () => false,
  );
}

/** An agent that was told to hold what its host does not have yet: its own addresses. */
async function holdsOwn() {
  for (const [address, prefix] of [
    [OWN, 24],
    [OWN6, 64],
  ])
    await onHost(`ip address del ${address}/${prefix} dev eth0`);
  const agent = lab.startAgent();
  const documents = [OWN, OWN6, VIP, VIP6].map((address) => [address, vipDocument(address)]);
  expect((await lab.putInForce(Object.fromEntries(documents))).faults).toEqual([]);
  return agent;
}

/** As DHCP does late. */
async function getOwn(): Promise<void> {
  await onHost(`ip address add ${OWN}/24 dev eth0`);
  await onHost(`ip address add ${OWN6}/64 dev eth0 nodad`);
}

describe('the only address of a network card that comes after it was bound as a VIP', () => {
  it('is let go of, and the host is reached by it; other VIPs stay silent', async () => {
    await holdsOwn();
    const watch = await lab.watchArp();
    await getOwn();
    await lab.until(async () => (await isReached(OWN)) && (await isReached(OWN6)), 'the host', FEW_MS);
    await lab.until(() => lab.fact(OWN)?.reason === 'OwnAddress', 'the refusal');
    expect([...(await lab.addresses()).onLoopback].sort()).toEqual([`${VIP}/32`, `${VIP6}/128`]);
    expect(await guard()).not.toContain(OWN);
    expect(await guard()).toContain(VIP);
    expect(watch.claims).toEqual([]);
    expect(await lab.sysctls()).toBe('1 2 1 2');
  });

  it('is out of reach in the control, where the agent died before it came', async () => {
    await lab.kill(await holdsOwn());
    await getOwn();
    expect(await isReached(OWN)).toBe(false);
    expect(await isReached(OWN6)).toBe(false);
  });
});

describe('the gateway that is known after it was bound as a VIP', () => {
  it('is let go of and refused', async () => {
    await onHost('ip route del default');
    lab.startAgent();
    const documents = { [GATEWAY]: vipDocument(GATEWAY), [VIP]: vipDocument(VIP) };
    expect((await lab.putInForce(documents)).faults).toEqual([]);
    expect(await onHost(`ip route get ${GATEWAY}`)).toContain('dev lo');
    await onHost(`ip route add default via ${GATEWAY}`);
    await lab.until(() => lab.fact(GATEWAY)?.reason === 'IsGateway', 'the refusal');
    expect((await lab.addresses()).onLoopback).toEqual([`${VIP}/32`]);
    expect(await onHost(`ip route get ${GATEWAY}`)).toContain('dev eth0');
    expect(lab.drift.total).toBe(0);
  });
});

describe('who sets arp_ignore=0 faster than anybody reads', () => {
  it('takes no VIP away: the guard keeps the host silent, and the server is out until it ends', async () => {
    lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP), [VIP6]: vipDocument(VIP6) });
    const watch = await lab.watchArp();
    const loop = 'while :; do echo 0 > /proc/sys/net/ipv4/conf/all/arp_ignore; done';
    const fighter = lab.realServer.spawn(['sh', '-c', loop], { stdio: 'ignore' });
    const began = performance.now();
    while (performance.now() - began < FIGHT_MS) {
      expect((await lab.addresses()).onLoopback).toContain(`${VIP}/32`);
      // An event, so that the host is looked at.
      await onHost('ip address add 198.51.100.9/32 dev lo');
      await onHost('ip address del 198.51.100.9/32 dev lo');
      await sleep(200);
    }
    expect(lab.fact(VIP)).toMatchObject({ bound: true, silent: false, reason: 'NotSilent' });
    expect(lab.fact(VIP6)).toMatchObject({ bound: true, silent: true });
    expect(watch.questions).toBeGreaterThan(100);
    expect(watch.claims).toEqual([]);
    await lab.kill(fighter);
    await lab.until(() => lab.fact(VIP)?.silent === true, 'silence', LONGER_THAN_A_PAUSE_MS);
  });

  it('is heard in the control, where there is no guard', async () => {
    await onHost(`ip address add ${VIP}/32 dev lo`);
    await onHost('sysctl -qw net.ipv4.conf.all.arp_ignore=1');
    const watch = await lab.watchArp();
    await onHost('sysctl -qw net.ipv4.conf.all.arp_ignore=0');
    await lab.until(() => watch.claims.length > 0, 'an answer');
    expect(watch.claims).toContain(REAL_SERVER_MAC);
  });
});
