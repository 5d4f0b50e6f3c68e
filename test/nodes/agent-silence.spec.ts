/**
 * What the client's side of the wire sees while VIPs come and go on a real server: nothing, ever.
 * The controls do the same by hand in the wrong order, or without the settings, and must be seen.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentLab, vipDocument, VIP, VIP6, type ArpWatch } from '../support/agent-lab.js';

const ROUNDS = 20;
/** Long enough for some questions, which come every 10 ms. */
const A_LOOK_MS = 150;

let lab: AgentLab;
let watch: ArpWatch;

beforeEach(async () => {
  lab = await AgentLab.open('silence');
});

afterEach(async () => {
  await lab.close();
});

const look = () => new Promise((resolve) => setTimeout(resolve, A_LOOK_MS));

describe('a real server with an agent', () => {
  it(`never answers for a VIP while it is bound and unbound ${ROUNDS} times`, async () => {
    await lab.startControlPlane();
    watch = await lab.watchArp();
    lab.startAgent();
    for (let round = 0; round < ROUNDS; round++) {
      const report = await lab.putInForce({ [VIP]: vipDocument(VIP), [VIP6]: vipDocument(VIP6) });
      expect(report.faults).toEqual([]);
      expect([...(await lab.addresses()).onLoopback].sort()).toEqual([`${VIP}/32`, `${VIP6}/128`]);
      await lab.putInForce({ [VIP]: null, [VIP6]: null });
      expect((await lab.addresses()).onLoopback).toEqual([]);
    }
    await look();
    expect(watch.questions).toBeGreaterThan(ROUNDS);
    expect(watch.questions6).toBeGreaterThan(ROUNDS);
    expect(watch.claims).toEqual([]);
    expect(await lab.sysctls()).toBe('0 0 0 0');
  });
});

describe('the control: the same by hand', () => {
  it('is seen when the settings are left out', async () => {
    watch = await lab.watchArp();
    await lab.realServer.exec(['ip', 'address', 'add', `${VIP}/32`, 'dev', 'lo']);
    await look();
    expect(watch.claims.length).toBeGreaterThan(0);
  });

  it('is seen when the address comes before the settings', async () => {
    watch = await lab.watchArp();
    await lab.realServer.exec(['ip', 'address', 'add', `${VIP}/32`, 'dev', 'lo']);
    await look();
    await lab.realServer.sysctl('net.ipv4.conf.all.arp_ignore', 1);
    await look();
    expect(watch.claims.length).toBeGreaterThan(0);
  });

  it('is seen when the settings go before the address', async () => {
    await lab.realServer.sysctl('net.ipv4.conf.all.arp_ignore', 1);
    await lab.realServer.exec(['ip', 'address', 'add', `${VIP}/32`, 'dev', 'lo']);
    watch = await lab.watchArp();
    await look();
    expect(watch.claims).toEqual([]);
    await lab.realServer.sysctl('net.ipv4.conf.all.arp_ignore', 0);
    await look();
    await lab.realServer.exec(['ip', 'address', 'del', `${VIP}/32`, 'dev', 'lo']);
    expect(watch.claims.length).toBeGreaterThan(0);
  });

  it('is seen when an IPv6 VIP stands on the network card', async () => {
    watch = await lab.watchArp();
    await lab.realServer.exec(['ip', 'address', 'add', `${VIP6}/128`, 'dev', 'eth0', 'nodad']);
    await look();
    expect(watch.claims.length).toBeGreaterThan(0);
  });
});
