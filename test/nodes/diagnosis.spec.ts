/**
 * The API's diagnosis on the real kernel: a real agent and a real engine report to a real control plane. Each cause is
 * made, named first, and unmade again; in between nothing stands against traffic.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NFTABLES_CAPABILITIES } from '../../src/contract/capabilities.js';
import { ADDRESS, DiagnosisLab } from '../support/diagnosis-lab.js';
import { VIP4 as VIP } from '../support/director-hosts.js';
import { stopProcess } from '../support/namespaces.js';
import { hostWith, TestNode } from '../support/test-node.js';
import type { TrafficPeer } from '../support/traffic.js';
import { deleteInterface, makeInterface } from '../support/remake-interface.js';
import { untilSo } from '../support/until-so.js';

/** Of the real server. */
const MAC = '02:00:00:00:00:b3';
const ROUTER = 'ip route replace default via 192.0.2.1';
const PATIENCE = { timeout: 20_000, interval: 50 };

let lab: DiagnosisLab;
let web: TrafficPeer;

beforeAll(async () => {
  lab = await DiagnosisLab.open();
  web = await lab.serve('0.0.0.0');
  expect(await first()).toBe('no-director');
  await lab.plane.joinDirector(lab.net);
  lab.net.engine = lab.net.newEngine({ watches: true });
  lab.plane.startEngine(lab.net);
  await lab.expectAgent();
  expect(await first()).toBe('no-agent');
  lab.startAgent();
});

afterAll(() => lab.close());

beforeEach(async () => {
  await expect.poll(codes, PATIENCE).toEqual([]);
});

const sh = (command: string) => lab.sh(command);
const codes = () => lab.codes();
const first = async () => (await codes())[0];

/** Waits for the change alone: what it brings about may take longer. */
async function patched(path: string, change: object): Promise<void> {
  await lab.api.insist(path, change);
}

describe('the diagnosis names first what operators decided:', () => {
  it('a weight of 0, a drain, a server and a service that are disabled', async () => {
    const { realServer, service } = lab;
    await patched(realServer, { weight: 0 });
    expect(await first()).toBe('server-weight-zero');
    await patched(realServer, { weight: 1000, enabled: false });
    expect(await first()).toBe('server-draining');
    // As time would.
    await lab.api.query('UPDATE drain SET until = now()');
    expect(await first()).toBe('server-disabled');
    await patched(service, { enabled: false });
    expect(await first()).toBe('service-disabled');
    await patched(service, { enabled: true });
    await patched(realServer, { enabled: true });
  });

  it('what only one engine can do, and that the VIP turned out to be a gateway of a director', async () => {
    const { realServer, service } = lab;
    const able = await TestNode.join(lab.api, 'director', 'lb-2', ['192.0.2.3']);
    await able.follow();
    await able.report(
      able.directorReport({
        capabilities: {
          ...NFTABLES_CAPABILITIES,
          forwardingMethods: ['direct-return', 'nat'],
        },
      }),
    );
    await patched(realServer, { forwardingMethod: 'nat' });
    expect(await first()).toBe('not-direct-return');
    await patched(service, { forceL4: false });
    expect(await first()).toBe('not-forced-to-layer-4');
    await patched(service, { forceL4: true });
    await patched(realServer, { forwardingMethod: 'direct-return' });
    await able.report(able.directorReport({ host: hostWith(['192.0.2.3/24'], [VIP]) }));
    await expect.poll(first, PATIENCE).toBe('rule-broken');
    able.leave();
    await lab.api.delete(`/v1/nodes/${able.id}`).expect(204);
  });
});

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

  it('an agent that leaves its host, which is used as before once it stays', async () => {
    const word = join(lab.agentDir, 'leaving');
    await writeFile(word, '');
    await expect.poll(first, PATIENCE).toBe('agent-leaves');
    await rm(word);
  });

  it('a service that does not listen', async () => {
    await web.end();
    await lab.startAgentAnew();
    await expect.poll(first, PATIENCE).toBe('not-listening');
    web = await lab.serve('0.0.0.0');
  });

  it('a director that cannot do what it is told', async () => {
    // nft refuses the change, as it does what it does not understand; one of elements alone, for which no chain has to come.
    lab.net.sabotage = ({ argv }) => argv.includes('-f') && 1;
    await patched(lab.service, { endPort: 81 });
    await expect.poll(first, PATIENCE).toBe('director-fault');
    lab.net.sabotage = undefined;
    await patched(lab.service, { endPort: null });
  });

  it('a director whose rules somebody flushes', async () => {
    await untilSo(() => lab.watches(), 'the engine to listen', 20_000);
    // It would repair them before anybody could ask.
    lab.net.sabotage = ({ argv }) => argv.includes('-f');
    await lab.net.director.exec(['nft', 'flush', 'ruleset']);
    await expect.poll(first, PATIENCE).toBe('director-rules-flushed');
    lab.net.sabotage = undefined;
  });

  it("a director's network card that is made anew", async () => {
    await deleteInterface(lab.net);
    await expect.poll(first, PATIENCE).toBe('director-interface-remade');
    await makeInterface(lab.net);
  });

  it('an engine that has ended, at first by what it has not confirmed and then by its silence', async () => {
    await lab.plane.stopEngine();
    await patched(lab.service, { scheduler: 'source-hash' });
    expect(await first()).toBe('directors-behind');
    await lab.pass('1 minute', 'lb-1');
    expect(await first()).toBe('directors-away');
    lab.net.engine = lab.net.newEngine({ watches: true });
    lab.plane.startEngine(lab.net);
  });

  it('one director of two that is away', async () => {
    const { id } = await TestNode.join(lab.api, 'director', 'lb-2', ['192.0.2.3']);
    await expect.poll(codes, PATIENCE).toEqual(['director-away']);
    await lab.api.delete(`/v1/nodes/${id}`).expect(204);
  });

  it('an agent that belongs to another installation', async () => {
    const file = join(lab.agentDir, 'identity.json');
    const text = await readFile(file, 'utf8');
    const cluster = '00000000-0000-4000-8000-00000000abcd';
    await lab.stopAgent();
    await writeFile(file, JSON.stringify({ ...(JSON.parse(text) as object), cluster }));
    lab.startAgent();
    await expect.poll(first, PATIENCE).toBe('agent-of-another-epoch');
    await lab.stopAgent();
    await writeFile(file, text);
    lab.startAgent();
  });

  it('an agent whose documents are not what they should be', async () => {
    const spoil = `UPDATE document_scope SET digest = translate(digest, '0123456789', '1234567890') WHERE scope <> 'directors'`;
    const restore = `UPDATE document_scope SET digest = translate(digest, '1234567890', '0123456789') WHERE scope <> 'directors'`;
    await lab.api.query(spoil);
    // It has forgotten what it held, and asks for all.
    await lab.stopAgent();
    const held = (await readdir(lab.agentDir)).filter((name) => name.startsWith('held-'));
    for (const name of held) await rm(join(lab.agentDir, name));
    lab.startAgent();
    await expect.poll(first, PATIENCE).toBe('agent-refuses-documents');
    await lab.api.query(restore);
    await lab.startAgentAnew();
  });

  it('an agent whose ears are ended again and again', async () => {
    const monitors = `for each in $(pgrep -P ${lab.agent?.pid}); do case $(cat /proc/$each/comm) in ip|nft) kill -9 $each;; esac; done`;
    await sh(monitors);
    // What it is told makes the agent report at once.
    const other = await lab.createOther({ address: VIP, port: 81 });
    await expect
      .poll(async () => {
        await sh(monitors);
        return codes();
      }, PATIENCE)
      .toContain('drift-seen-late');
    await lab.api.delete(other.service).expect(204);
    await lab.startAgentAnew();
  });

  it('a server whose network card was changed, and one that no director hears', async () => {
    await lab.plane.stopEngine();
    lab.net.engine = lab.net.newEngine({ voice: true });
    lab.plane.startEngine(lab.net);
    const other = '02:00:00:00:00:d3';
    // The agent reports the same card by another address; the director has heard the former one first.
    await expect.poll(() => lab.net.wire.asked.some(({ to }) => to === MAC), PATIENCE).toBe(true);
    await sh(`ip link set eth0 address ${other}; ${ROUTER}`);
    await expect.poll(codes, PATIENCE).toContain('server-has-new-mac');
    // It answers nobody, and reports as before.
    await sh(`nft 'table arp deaf { chain in { type filter hook input priority 0; drop; }; }'`);
    await expect.poll(codes, PATIENCE).toContain('server-not-heard');
    await sh(`nft delete table arp deaf; ip link set eth0 address ${MAC}; ${ROUTER}`);
    await lab.plane.stopEngine();
    lab.net.engine = lab.net.newEngine();
    lab.plane.startEngine(lab.net);
    await expect.poll(codes, PATIENCE).toEqual([]);
  });

  it('an agent that has not taken a VIP, and then a director that cannot announce it', async () => {
    await lab.stopAgent();
    await lab.plane.stopEngine();
    lab.net.gagged = true;
    lab.net.engine = lab.net.newEngine({ voice: true });
    lab.plane.startEngine(lab.net);
    const other = await lab.createOther({ address: '192.0.2.201', port: 80 });
    expect((await lab.codes(other.realServer))[0]).toBe('agent-not-reported');
    lab.startAgent();
    await expect.poll(first, PATIENCE).toBe('director-in-trouble');
    await lab.plane.stopEngine();
    lab.net.gagged = false;
    lab.net.engine = lab.net.newEngine({ watches: true });
    lab.plane.startEngine(lab.net);
    await lab.api.delete(other.service).expect(204);
  });

  it('a service that was not asked yet, or cannot be asked any more', async () => {
    // No connection to the VIP can be begun on the host; the rule of the addresses that are local has to make room.
    await sh(
      `ip rule add pref 2 lookup local; ip rule add pref 1 to ${VIP} iif lo prohibit; ip rule delete pref 0`,
    );
    await lab.startAgentAnew();
    await expect.poll(first, PATIENCE).toBe('service-not-asked-any-more');
    const other = await lab.createOther({ address: VIP, port: 81 });
    await expect
      .poll(async () => (await lab.codes(other.realServer))[0], PATIENCE)
      .toBe('service-not-asked-yet');
    await lab.api.delete(other.service).expect(204);
    await sh('ip rule add pref 0 lookup local; ip rule delete pref 1; ip rule delete pref 2');
  });

  it('a host that its agent cannot look at', async () => {
    const ip = '"$(readlink -f "$(command -v ip)")"';
    await lab.besideTheAgent(`mount --bind /usr/bin/false ${ip}`);
    await expect.poll(first, PATIENCE).toBe('host-not-looked-at');
    await lab.besideTheAgent(`umount ${ip}`);
  });

  // Last, for the agent speaks of it for a minute.
  it('that something takes the VIP away again and again', async () => {
    // Whenever it comes back, until the agent puts up with it no more.
    const takeAway = `while :; do ip address del ${VIP}/32 dev lo 2> /dev/null; sleep 0.1; done`;
    const fight = lab.server.spawn(['sh', '-c', takeAway], { stdio: 'ignore' });
    await expect.poll(first, PATIENCE).toBe('vip-taken-away');
    expect(await codes(), 'the agent says so of its repairs, too').toContain('repairs-undone');
    await stopProcess(fight);
  });
});
