/**
 * Whose a VIP is, on the real kernel: a director that takes one asks first, says so, goes on saying so, and gainsays
 * whoever speaks in its name. Each with the control in which nobody does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/contract/report.js';
import { Announcer } from '../../src/engine/network/announcer.js';
import { DIRECTOR_MAC, VIP4, VIP6 } from '../support/director-hosts.js';
import type { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import type { Host } from '../support/namespaces.js';
import { CLAIM_TIMES, createSegment, STRANGER } from '../support/director-segment.js';
import { listening } from '../support/segment-ears.js';

const PATIENCE = { timeout: 5_000, interval: 20 };
let net: DirectorNetwork;
let neighbour: Host;
let stranger: Host;

const web = service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 });
const six = service(3, { address: VIP6, servers: entries(3, 6, [1000, 1000]), slots: 8 });

beforeAll(async () => {
  ({ net, neighbour, stranger } = await createSegment(`hw${process.pid}-own`));
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
    const { drift } = await net.engine.describe();
    const event = { thing: `owner of VIP ${VIP4}`, found: STRANGER, repaired: true };
    expect(drift?.latest).toMatchObject([event]);
  });

  it('is found out about when the director is asked who has the VIP', async () => {
    await start(web);
    await expect.poll(addresses, PATIENCE).toContain(VIP4);
    const signal = AbortSignal.timeout(5_000);
    const ask = () => net.engine.answer({ kind: 'owners', service: '1' }, signal);
    expect(await ask()).toEqual({ kind: 'owners', held: true, answers: [] });
    await stranger.exec(['ip', 'address', 'add', `${VIP4}/32`, 'dev', 'eth0']);
    try {
      expect(await ask()).toMatchObject({ held: true, answers: [{ mac: STRANGER, fellow: false }] });
    } finally {
      await stranger.exec(['ip', 'address', 'delete', `${VIP4}/32`, 'dev', 'eth0']);
    }
  });

  it('alone, where no director could hear it, is cured within one period', async () => {
    const mouth = await listening(net, net.director);
    const poison = async (vip: string) => {
      await neighbour.exec([
        'ip',
        'neighbour',
        'replace',
        vip,
        'lladdr',
        STRANGER,
        'dev',
        'eth0',
        'nud',
        'stale',
      ]);
      expect(await neighbourOf(neighbour, vip)).toContain(STRANGER);
    };
    const announcer = new Announcer(mouth, () => undefined, 500);
    announcer.keep([VIP4, VIP6], 'eth0');
    await Promise.all([VIP4, VIP6].map(poison));
    for (const vip of [VIP4, VIP6])
      await expect.poll(() => neighbourOf(neighbour, vip), PATIENCE).toContain(DIRECTOR_MAC);
    announcer.stop();
    await mouth.stop();
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

describe('a server that has another network card and says nothing of it', () => {
  const OTHER = '02:00:00:00:00:c1';
  const alone = service(1, { servers: entries(1, 4, [1000, null]), slots: 8 });
  const seenAt = () => neighbourOf(net.director, '192.0.2.11');
  const change = (mac: string) => net.servers[0].exec(['ip', 'link', 'set', 'eth0', 'address', mac]);

  beforeAll(() => net.serve('tcp', VIP4, 80));
  afterEach(() => change('02:00:00:00:00:b1'));

  it('gets packets again within two seconds, which is counted and told', async () => {
    await start(alone);
    await expect.poll(addresses, PATIENCE).toContain(VIP4);
    expect(await net.client.visit({ address: VIP4, port: 80 })).toBe('one');
    await expect.poll(seenAt, PATIENCE).toContain('02:00:00:00:00:b1');
    await change(OTHER);
    await expect.poll(seenAt, { timeout: 2_000, interval: 20 }).toContain(OTHER);
    expect(await net.client.visit({ address: VIP4, port: 80 })).toBe('one');
    expect((await net.engine.describe()).segment).toMatchObject({
      neighbours: [{ address: '192.0.2.11', mac: OTHER, reason: 'NewMac' }],
      repairs: 1,
    });
  });

  it('is a black hole for longer where nobody asks (control)', async () => {
    await net.restart([alone]);
    await net.director.exec(['ip', 'neighbour', 'flush', 'dev', 'eth0']);
    expect(await net.client.visit({ address: VIP4, port: 80 })).toBe('one');
    await change(OTHER);
    await sleep(2_500);
    expect(await seenAt()).toContain('02:00:00:00:00:b1');
  });

  it('is told not to be heard when it is dead', async () => {
    await start(alone);
    await net.servers[0].exec(['ip', 'link', 'set', 'eth0', 'down']);
    try {
      const neighbours = async () => (await net.engine.describe()).segment?.neighbours;
      await expect.poll(neighbours, PATIENCE).toMatchObject([{ address: '192.0.2.11', reason: 'NotHeard' }]);
    } finally {
      await net.servers[0].exec(['ip', 'link', 'set', 'eth0', 'up']);
    }
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
  const wire = await listening(net, host);
  wire.announce('eth0', vip);
  await sleep(50);
  await wire.stop();
}
