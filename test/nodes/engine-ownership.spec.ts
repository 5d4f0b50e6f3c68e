/**
 * Whose a VIP is, on the real kernel: a director that takes one asks first, says so, goes on saying so, and gainsays
 * whoever speaks in its name. Each with the control in which nobody does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/contract/report.js';
import type { ClaimTimes } from '../../src/engine/network/claims.js';
import { DIRECTOR_MAC, DirectorNetwork, entries, service, VIP4, VIP6 } from '../support/director-network.js';
import type { Host } from '../support/namespaces.js';

const STRANGER = '02:00:00:00:00:ee';
const CLAIM_TIMES: ClaimTimes = { waitMs: 100, againMs: 500 };
const PATIENCE = { timeout: 5_000, interval: 20 };
let net: DirectorNetwork;
let neighbour: Host;
let stranger: Host;

const web = service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 });
const six = service(3, { address: VIP6, servers: entries(3, 6, [1000, 1000]), slots: 8 });

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-own`);
  const lan = (mac: string, last: string) => ({
    bridge: 'lan',
    mac,
    addresses: [`192.0.2.${last}/24`, `2001:db8:2::${last}/64`],
  });
  neighbour = await net.network.addHost({ name: 'near', links: [lan('02:00:00:00:00:d1', '21')] });
  stranger = await net.network.addHost({ name: 'stranger', links: [lan(STRANGER, '66')] });
});
afterEach(() => net.restart([]));
afterAll(() => net.close());

function start(...services: Parameters<DirectorNetwork['restart']>[0] & object): Promise<readonly Fault[]> {
  return net.restart(services, { voice: true, claimTimes: CLAIM_TIMES });
}

describe('a VIP that is taken', () => {
  it.each([
    ['IPv4', web, `${VIP4}/32`],
    ['IPv6', six, `${VIP6}/128`],
  ])('of %s comes soon after its rules, when nobody answers for it', async (_, body, prefix) => {
    await start();
    expect(await net.put(body)).toEqual([]);
    // What a report tells is true when it is told.
    expect(await conditionOf('VipsHeld')).toMatchObject({ status: 'True' });
    expect(await addresses()).toContain(prefix);
  });

  it.each([
    ['IPv4', web, VIP4, 32],
    ['IPv6', six, VIP6, 128],
  ])(
    'of %s is refused while somebody has it, who is named, and taken when it is free',
    async (_, body, vip, length) => {
      await stranger.exec([
        'ip',
        'address',
        'add',
        `${vip}/${length}`,
        'dev',
        'eth0',
        ...(length > 32 ? ['nodad'] : []),
      ]);
      await start();
      let faults: readonly Fault[] = [];
      net.engine.onDue(async () => {
        faults = await net.put(body);
      });
      await net.put(body);
      await expect.poll(() => faults, PATIENCE).toMatchObject([{ reason: 'VipInUse' }]);
      expect(faults[0]?.message).toContain(STRANGER);
      expect(await conditionOf('VipsHeld')).toMatchObject({ status: 'False', reason: 'VipsInUse' });
      expect(await addresses()).not.toContain(vip);
      expect(await neighbourOf(neighbour, vip), 'nobody was told that it is here').not.toContain(
        DIRECTOR_MAC,
      );

      await stranger.exec(['ip', 'address', 'delete', `${vip}/${length}`, 'dev', 'eth0']);
      await expect.poll(() => faults, PATIENCE).toEqual([]);
      expect(await addresses()).toContain(vip);
    },
  );

  it('is not asked for again by an engine that is started anew on it', async () => {
    await start(web);
    await expect.poll(addresses, PATIENCE).toContain(VIP4);
    // Somebody has it now as well: too late for a refusal, or a restart would take a service down.
    await stranger.exec(['ip', 'address', 'add', `${VIP4}/32`, 'dev', 'eth0']);
    try {
      expect(await start(web)).toEqual([]);
      expect(await addresses()).toContain(VIP4);
    } finally {
      await stranger.exec(['ip', 'address', 'delete', `${VIP4}/32`, 'dev', 'eth0']);
    }
  });
});

describe('a neighbour that was told of another owner', () => {
  it('is cured at once, and the guilty one is named', async () => {
    await start(web);
    await expect.poll(addresses, PATIENCE).toContain(VIP4);
    await resolve(neighbour, VIP4);
    await expect.poll(() => neighbourOf(neighbour, VIP4), PATIENCE).toContain(DIRECTOR_MAC);
    await sayItIsHere(stranger, VIP4);
    await expect.poll(() => strangers(), PATIENCE).toMatchObject([{ vip: VIP4, mac: STRANGER }]);
    await expect.poll(() => neighbourOf(neighbour, VIP4), PATIENCE).toContain(DIRECTOR_MAC);
    const condition = await conditionOf('VipsAnsweredElsewhere');
    expect(condition).toMatchObject({ status: 'True' });
    expect(condition?.message).toContain(`${VIP4} by ${STRANGER}`);
  });

  it('stays with it where no director speaks (control)', async () => {
    await net.restart([web]);
    await resolve(neighbour, VIP4);
    await expect.poll(() => neighbourOf(neighbour, VIP4), PATIENCE).toContain(DIRECTOR_MAC);
    await sayItIsHere(stranger, VIP4);
    await sleep(1_000);
    expect(await neighbourOf(neighbour, VIP4)).toContain(STRANGER);
  });
});

async function addresses(): Promise<string> {
  return net.director.exec(['ip', 'address', 'show', 'dev', 'eth0']);
}

async function conditionOf(condition: string) {
  const { conditions } = await net.engine.describe();
  return conditions.find(({ type }) => type === condition);
}

async function strangers() {
  return (await net.engine.describe()).segment?.strangers ?? [];
}

function neighbourOf(host: Host, address: string): Promise<string> {
  return host.exec(['ip', 'neighbour', 'show', address]);
}

/** Has the host find out who has the address. */
async function resolve(host: Host, address: string): Promise<void> {
  await host.exec(['ping', '-c', '1', '-W', '1', address], { exitCodes: [0, 1] });
}

/** As a real server does whose ARP settings are gone. */
async function sayItIsHere(host: Host, vip: string): Promise<void> {
  const wire = net.voiceOf(host);
  wire.standOn(new Map([['eth0', { index: await indexOf(host), mac: STRANGER }]]), undefined);
  if (!(await wire.begun())) throw new Error(wire.trouble);
  wire.announce('eth0', vip);
  await sleep(50);
  await wire.stop();
}

async function indexOf(host: Host): Promise<number> {
  const [link] = JSON.parse(await host.exec(['ip', '-json', 'link', 'show', 'eth0'])) as {
    ifindex: number;
  }[];
  return link?.ifindex ?? 0;
}
