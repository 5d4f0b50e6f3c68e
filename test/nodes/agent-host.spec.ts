/** What an agent does to a real server, and what it leaves alone. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentLab, REAL_SERVER_MAC, vipDocument, VIP, VIP6 } from '../support/agent-lab.js';
import { INSTALLED_AGENT } from '../support/installed-agent.js';

const OTHER = '192.0.2.201';
/** A member that no contract knows yet. */
const LATER = { later: true };

let lab: AgentLab;

beforeEach(async () => {
  lab = await AgentLab.open('host');
  await lab.startControlPlane();
});

afterEach(() => lab.close());

describe('VIPs of an agent', () => {
  it('are bound as single addresses on lo alone, proved, and reported with the host', async () => {
    lab.startAgent();
    const report = await lab.putInForce({ [VIP]: vipDocument(VIP), [VIP6]: vipDocument(VIP6) });
    const { all } = await lab.addresses();
    expect(all).toContain(`lo ${VIP}/32`);
    expect(all).toContain(`lo ${VIP6}/128`);
    expect(all.filter((row) => row.startsWith('eth0') && /[.:]200\//.test(row))).toEqual([]);
    expect(lab.fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'Held' });
    expect(lab.fact(VIP6)).toMatchObject({ bound: true, silent: true });
    expect(report.host).toEqual({
      interfaces: [
        {
          name: 'eth0',
          mac: REAL_SERVER_MAC,
          up: true,
          mtu: 1500,
          addresses: ['192.0.2.11/24', '2001:db8::11/64'],
        },
      ],
      gateways: ['192.0.2.1'],
    });
    expect(report.conditions).toContainEqual(
      expect.objectContaining({ type: 'ArpSettingsInForce', status: 'True' }),
    );
  });

  it('keep the settings until the last one leaves, and then the values of before are back', async () => {
    await lab.realServer.sysctl('net.ipv4.conf.all.arp_announce', 1);
    await lab.realServer.sysctl('net.ipv4.conf.default.arp_ignore', 8);
    lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP, [80, 443]), [OTHER]: vipDocument(OTHER) });
    // arp_ignore 8 is more silent than 1, and stays.
    expect(await lab.sysctls()).toBe('1 2 8 2');
    await lab.putInForce({ [VIP]: vipDocument(VIP, [443]) });
    expect((await lab.addresses()).onLoopback).toContain(`${VIP}/32`);
    await lab.putInForce({ [VIP]: null });
    expect(await lab.sysctls()).toBe('1 2 8 2');
    await lab.putInForce({ [OTHER]: null });
    expect(await lab.sysctls()).toBe('0 1 8 0');
    expect(lab.fact(OTHER)).toMatchObject({ bound: false, reason: 'Released' });
  });

  it('stay where a new document is not understood, also over a restart', async () => {
    const first = lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP), [OTHER]: vipDocument(OTHER) });
    const { faults } = await lab.putInForce({ [VIP]: { ...vipDocument(VIP), ...LATER } });
    expect(faults).toMatchObject([{ key: VIP, reason: 'NotUnderstood', versionInForce: 1 }]);
    await lab.kill(first);
    lab.startAgent();
    const report = await lab.putInForce({ [OTHER]: vipDocument(OTHER, [443]) });
    expect([...(await lab.addresses()).onLoopback].sort()).toEqual([`${VIP}/32`, `${OTHER}/32`]);
    expect(lab.fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'Held' });
    expect(report.faults).toMatchObject([{ key: VIP, reason: 'NotUnderstood', versionInForce: 1 }]);
  });

  it('leave the ARP settings alone when all of them are IPv6', async () => {
    lab.startAgent();
    await lab.putInForce({ [VIP6]: vipDocument(VIP6) });
    expect(await lab.sysctls()).toBe('0 0 0 0');
    expect(lab.fact(VIP6)).toMatchObject({ bound: true, silent: true });
  });

  it('stay bound over a stop, a kill and a start without a control plane', async () => {
    const first = lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP) });
    await lab.stop(first);
    expect((await lab.addresses()).onLoopback).toEqual([`${VIP}/32`]);
    // As after a reboot: nothing of it is left, and nobody can be asked.
    await lab.realServer.exec(['ip', 'address', 'del', `${VIP}/32`, 'dev', 'lo']);
    await lab.realServer.sysctl('net.ipv4.conf.all.arp_ignore', 0);
    const second = lab.startAgent(INSTALLED_AGENT, { HOMEWARD_API_URL: 'http://127.0.0.1:9' });
    await lab.until(async () => (await lab.addresses()).onLoopback.length === 1, 'the VIP');
    expect(await lab.sysctls()).toBe('1 2 1 2');
    await lab.kill(second);
    expect((await lab.addresses()).onLoopback).toEqual([`${VIP}/32`]);
  });

  it('come back when somebody takes them away, and so does silence', async () => {
    lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP) });
    await lab.realServer.exec(['ip', 'address', 'del', `${VIP}/32`, 'dev', 'lo']);
    await lab.realServer.sysctl('net.ipv4.conf.all.arp_ignore', 0);
    await lab.until(async () => (await lab.addresses()).onLoopback.length === 1, 'the repair');
    expect(await lab.sysctls()).toBe('1 2 1 2');
  });
});

describe('what an agent refuses', () => {
  it('is an address that the host has on its network card; the other VIPs are bound', async () => {
    lab.startAgent();
    const report = await lab.putInForce({ '192.0.2.11': vipDocument('192.0.2.11'), [VIP]: vipDocument(VIP) });
    expect(report.faults).toMatchObject([{ key: '192.0.2.11', reason: 'OwnAddress', versionInForce: null }]);
    expect((await lab.addresses()).onLoopback).toEqual([`${VIP}/32`]);
    expect(lab.fact('192.0.2.11')).toMatchObject({ bound: false, silent: false });
  });

  it.each(['127.0.0.2', '224.0.0.5', '0.0.0.0', '169.254.1.1', '192.0.2.1'])('is %s', async (address) => {
    lab.startAgent();
    const report = await lab.putInForce({ [address]: vipDocument(address), [VIP]: vipDocument(VIP) });
    expect(report.faults.map(({ key }) => key)).toEqual([address]);
    expect((await lab.addresses()).onLoopback).toEqual([`${VIP}/32`]);
  });

  it('is text that is no canonical address, which never reaches a command', async () => {
    lab.startAgent();
    const bad = ['192.0.2.77/24', '010.0.0.1', 'localhost', '192.0.2.78 dev eth0'];
    const bodies = Object.fromEntries(bad.map((text) => [text, vipDocument(text)]));
    const report = await lab.putInForce({ ...bodies, [VIP]: vipDocument(VIP) });
    expect(report.faults.map(({ reason }) => reason)).toEqual(bad.map(() => 'NotUnderstood'));
    expect((await lab.addresses()).onLoopback).toEqual([`${VIP}/32`]);
  });

  it('is to bind where an interface would answer, whatever is set on all of them', async () => {
    // The kernel takes the greater of the two values, and 3 answers for every global address.
    await lab.realServer.sysctl('net.ipv4.conf.eth0.arp_ignore', 3);
    lab.startAgent();
    const report = await lab.putInForce({ [VIP]: vipDocument(VIP), [VIP6]: vipDocument(VIP6) });
    expect(report.faults).toMatchObject([{ key: VIP, reason: 'NotSilent' }]);
    expect(report.faults[0]?.message).toContain('net.ipv4.conf.eth0.arp_ignore is 3');
    expect((await lab.addresses()).onLoopback).toEqual([`${VIP6}/128`]);
    await lab.realServer.sysctl('net.ipv4.conf.eth0.arp_ignore', 0);
    await lab.until(() => lab.fact(VIP)?.bound === true, 'the VIP');
  });
});

describe('what an operator put there', () => {
  it('is used as a VIP, and stays when the VIP is released', async () => {
    await lab.realServer.exec(['ip', 'address', 'add', `${VIP}/32`, 'dev', 'lo']);
    lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP) });
    expect(lab.fact(VIP)).toMatchObject({ bound: true, silent: true });
    await lab.putInForce({ [VIP]: null });
    expect((await lab.addresses()).onLoopback).toEqual([`${VIP}/32`]);
    expect(lab.fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'LeftToOperator' });
  });

  it('goes on being silent when the VIP is released, until the operator takes it away', async () => {
    await lab.realServer.exec(['ip', 'address', 'add', `${VIP}/32`, 'dev', 'lo']);
    const first = lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP), [OTHER]: vipDocument(OTHER) });
    const watch = await lab.watchArp();
    await lab.putInForce({ [VIP]: null, [OTHER]: null });
    await lab.stop(first);
    lab.startAgent();
    await lab.putInForce({ [OTHER]: vipDocument(OTHER) });
    await lab.putInForce({ [OTHER]: null });
    await lab.until(() => watch.questions > 50, 'questions');
    expect(watch.claims).toEqual([]);
    expect(await lab.sysctls()).toBe('1 2 1 2');
    await lab.realServer.exec(['ip', 'address', 'del', `${VIP}/32`, 'dev', 'lo']);
    await lab.until(async () => (await lab.sysctls()) === '0 0 0 0', 'the settings of before');
    await lab.until(() => lab.fact(VIP)?.reason === 'Released', 'the news of it');
  });

  it('is a setting that stays, where it was changed while the agent held VIPs', async () => {
    lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP) });
    await lab.realServer.sysctl('net.ipv4.conf.all.arp_ignore', 2);
    await lab.realServer.sysctl('net.ipv4.conf.default.arp_ignore', 8);
    await lab.putInForce({ [VIP]: null });
    expect(await lab.sysctls()).toBe('2 0 8 0');
  });

  it('is not touched when no document names it', async () => {
    await lab.realServer.exec(['ip', 'address', 'add', `${OTHER}/32`, 'dev', 'lo']);
    lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP) });
    await lab.putInForce({ [VIP]: null });
    expect((await lab.addresses()).onLoopback).toEqual([`${OTHER}/32`]);
  });

  it('is refused as a VIP where its prefix makes a whole subnet local', async () => {
    await lab.realServer.exec(['ip', 'address', 'add', `${VIP}/28`, 'dev', 'lo']);
    lab.startAgent();
    const report = await lab.putInForce({ [VIP]: vipDocument(VIP) });
    expect(report.faults).toMatchObject([{ key: VIP, reason: 'WiderPrefixOnLoopback' }]);
    expect(lab.fact(VIP)).toMatchObject({ bound: false });
  });
});

describe('a host', () => {
  it('has one agent, whatever its state directory, and another one once that has ended', async () => {
    const elsewhere = { HOMEWARD_STATE_DIR: join(lab.stateDir, 'elsewhere') };
    const first = lab.startAgent();
    await lab.putInForce({ [VIP]: vipDocument(VIP) });
    const second = lab.startAgent(INSTALLED_AGENT, elsewhere);
    await lab.untilEnded(second);
    expect(second.exitCode).toBe(1);
    await lab.kill(first);
    const before = lab.reports.length;
    lab.startAgent(INSTALLED_AGENT, elsewhere);
    await lab.until(() => lab.reports.length > before, 'a report of the other one');
  });
});

describe('a host with many VIPs', () => {
  it('gets 2,000 of them by one command, and is left by all of them', async () => {
    const vips = Array.from({ length: 2_000 }, (_, index) => `198.18.${index >> 8}.${index & 255}`);
    const documents = Object.fromEntries(vips.map((address) => [address, vipDocument(address)]));
    lab.startAgent();
    const report = await lab.putInForce(documents);
    expect(report.faults).toEqual([]);
    expect((await lab.addresses()).onLoopback).toHaveLength(vips.length);
    await lab.putInForce(Object.fromEntries(vips.map((address) => [address, null])));
    expect((await lab.addresses()).onLoopback).toEqual([]);
    expect(await lab.sysctls()).toBe('0 0 0 0');
  });

  it('gets one more of them, and loses it again, and the others stay', async () => {
    const vips = Array.from({ length: 2_000 }, (_, index) => `198.18.${index >> 8}.${index & 255}`);
    lab.startAgent();
    await lab.putInForce(Object.fromEntries(vips.map((address) => [address, vipDocument(address)])));
    await lab.putInForce({ [VIP]: vipDocument(VIP) });
    expect(lab.fact(VIP)).toMatchObject({ bound: true, silent: true });
    await lab.putInForce({ [VIP]: null });
    expect((await lab.addresses()).onLoopback).toHaveLength(vips.length);
    expect(lab.fact(VIP)).toMatchObject({ bound: false, reason: 'Released' });
  });
});
