import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Document, ServiceDocument } from '../contract/documents.js';
import type { Fault } from '../contract/report.js';
import { sampleServiceDocument } from '../contract/sample-service-document.fake.js';
import { NOTHING_BESIDES } from '../link/node-work.js';
import { FakeForwardingDriver } from './drivers/forwarding-driver.fake.js';
import { Engine } from './engine.js';
import { FakeDirectorHost } from './network/director-host.fake.js';
import { createLogger } from '../platform/logger.js';
import { FakeWire } from './wire/wire.fake.js';

const SEED = 7;
let stateDir: string;
let host: FakeDirectorHost;
/** Of the last time that everything was brought. */
let faults: readonly Fault[];
let driver: FakeForwardingDriver;
let wire: FakeWire;
/** VIPs are taken at once. */
const claimTimes = { waitMs: 0, againMs: 60_000 };
const logger = createLogger('engine', 'silent');

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'homeward-engine-'));
  host = new FakeDirectorHost();
  driver = new FakeForwardingDriver();
  wire = new FakeWire();
});
afterEach(() => rm(stateDir, { recursive: true }));

function service(last: number, server = '192.0.2.11'): Document<ServiceDocument> {
  const body = sampleServiceDocument({
    number: last,
    address: `192.0.2.${last}`,
    servers: [{ number: last * 10, address: server, weight: 1 }],
  });
  return { key: `${last}`, version: 1, revision: 1, body };
}

async function start(
  documents: readonly Document<ServiceDocument>[],
  readingAgeMs = 0,
  times = claimTimes,
): Promise<Engine> {
  const engine = new Engine({
    driver,
    commands: host,
    stateDir,
    interface: undefined,
    readingAgeMs,
    wire,
    logger,
    claimTimes: times,
  });
  const wanted = new Map(documents.map((each) => [each.key, each]));
  faults = await engine.reconcile(wanted, SEED);
  // As the link does.
  engine.onLost(() => void engine.reconcile(wanted, SEED).then((found) => (faults = found)));
  return engine;
}

async function vipsHeld(engine: Engine) {
  return (await engine.describe()).conditions.find(({ type }) => type === 'VipsHeld');
}

describe('a VIP that cannot be held', () => {
  it('is told, and is no reason to bring everything anew with every look', async () => {
    host.refusing.add('192.0.2.201');
    const engine = await start([service(201), service(202)]);
    expect((await vipsHeld(engine))?.message).toContain('192.0.2.201');
    await setTimeout(20);
    expect(driver.reconciled).toBe(1);
  });
});

describe('a VIP that somebody took away', () => {
  const stranded = service(203, '198.51.100.9');

  it('is back also where a stranded service keeps the reading of the host fresh', async () => {
    const engine = await start([service(201), stranded], 60);
    host.addresses.delete('192.0.2.201');
    // Read again for another version each time, so that there always is a recent reading.
    for (let version = 2; version < 12; version++) {
      await engine.apply([{ key: '203', before: null, after: { ...stranded, version } }], SEED);
      await setTimeout(10);
    }
    expect([...host.addresses.keys()]).toContain('192.0.2.201');
  });

  it('is seen also where a change is always under way', async () => {
    const engine = await start([service(201), service(202)], 0);
    host.addresses.delete('192.0.2.201');
    let busy = true;
    host.before = (argv) => (argv.includes('-batch') ? setTimeout(5) : undefined);
    const changing = (async () => {
      while (busy) {
        const other = service(202);
        await Promise.all(
          [0, 1].map(() => engine.apply([{ key: '202', before: other, after: other }], SEED)),
        );
      }
    })();
    await expect
      .poll(async () => (await engine.describe(), [...host.addresses.keys()]))
      .toContain('192.0.2.201')
      .finally(() => (busy = false));
    await changing;
  });
});

describe('a loss that leaves services worse off', () => {
  it('is told in their faults, and is no loss any more', async () => {
    host.addresses.set('198.51.100.2', { local: '198.51.100.2', prefixlen: 24 });
    const engine = await start([service(203, '198.51.100.9')]);
    expect(faults).toEqual([]);
    host.addresses.delete('198.51.100.2');
    host.addresses.delete('192.0.2.203');
    expect(await vipsHeld(engine)).toMatchObject({ status: 'False', reason: 'VipsMissing' });
    await expect.poll(() => faults).toMatchObject([{ key: '203', reason: 'NoSharedSegment' }]);
    expect(await vipsHeld(engine)).toMatchObject({ status: 'True' });
    await vipsHeld(engine);
    expect(driver.reconciled).toBe(2);
  });
});

describe('a report', () => {
  it('tells the version of the data plane again after that could not be asked for once', async () => {
    const engine = await start([]);
    driver.mute = true;
    await expect(engine.describe()).rejects.toThrow('the test said so');
    driver.mute = false;
    expect((await engine.describe()).engine.version).toBe('1.0');
  });
});

describe('the VIP of a document that is refused', () => {
  it('goes when everything is laid anew, for nothing forwards its packets any more', async () => {
    const engine = await start([service(201), service(202)]);
    driver.refusing.add('201');
    const documents = [service(201), service(202)].map((each) => [each.key, each] as const);
    expect(await engine.reconcile(new Map(documents), SEED)).toMatchObject([
      { key: '201', reason: 'Refused' },
    ]);
    expect([...host.addresses.keys()]).toEqual(['192.0.2.2', '192.0.2.202']);
  });
});

describe('a document that was never understood', () => {
  const strange = { ...service(201), body: { ...service(201).body, later: true } } as unknown as Document;

  it('leaves what it put there alone until it is gone', async () => {
    await start([service(201), service(202)]);
    const engine = new Engine({
      driver,
      commands: host,
      stateDir,
      interface: undefined,
      wire,
      logger,
      claimTimes,
    });
    const faults = await engine.reconcile(new Map([['202', service(202)]]), SEED, {
      ...NOTHING_BESIDES,
      strange: [strange],
    });
    expect(faults).toMatchObject([{ key: '201', versionInForce: 0 }]);
    expect(driver.spared).toEqual([201]);
    await engine.apply([{ key: '203', before: null, after: service(203) }], SEED);
    expect([...host.addresses.keys()]).toContain('192.0.2.201');
    await engine.apply([{ key: '201', before: null, after: { ...service(201), body: null } }], SEED);
    expect(driver.spared).toEqual([]);
    expect([...host.addresses.keys()]).toEqual(['192.0.2.2', '192.0.2.202', '192.0.2.203']);
  });

  it.each([{ number: '1', address: '192.0.2.201' }, { number: 201, address: '192.0.2.201 dev eth0' }, {}])(
    'spares nothing by a body such as %j',
    async (body) => {
      const engine = await start([service(201)]);
      await engine.reconcile(new Map(), SEED, {
        ...NOTHING_BESIDES,
        strange: [{ ...strange, body: body as unknown as ServiceDocument }],
      });
      expect(driver.spared).toEqual([]);
      expect([...host.addresses.keys()]).toEqual(['192.0.2.2']);
    },
  );
});

describe('a VIP of the subnet of another interface', () => {
  const { body } = service(201);
  const elsewhere = { ...service(201), body: body && { ...body, address: '203.0.113.201' } };

  it('is asked for and announced there, and held where all are', async () => {
    host.besides.push({ local: '203.0.113.2', prefixlen: 24 });
    const asking = { waitMs: 1, againMs: 60_000 };
    const engine = await start([elsewhere, service(202)], 0, asking);
    await engine.describe();
    const places = new Set(wire.asked.map(({ device, address }) => `${address} on ${device}`));
    expect([...places].sort()).toEqual(['192.0.2.202 on eth0', '203.0.113.201 on eth1']);
    expect([...host.addresses.keys()]).toContain('203.0.113.201');
    await expect.poll(() => wire.said.toSorted()).toEqual(['192.0.2.202 on eth0', '203.0.113.201 on eth1']);
    await engine.stop();
  });
});

describe('a network card that has another Ethernet address', () => {
  it('is told of to the neighbours at once, for each VIP', async () => {
    const engine = await start([service(201), service(202)]);
    await expect.poll(() => wire.announced).toHaveLength(2);
    await engine.describe();
    expect(wire.announced, 'once each while it stays').toHaveLength(2);
    host.mac = '02:00:00:00:00:ac';
    await engine.describe();
    await expect.poll(() => wire.announced).toHaveLength(4);
    await engine.stop();
  });
});

describe('an engine that is stopped', () => {
  it('ends its turns and announces no more', async () => {
    const many = Array.from({ length: 80 }, (_, index) => service(101 + index));
    const engine = await start(many);
    let over = false;
    void engine.apply([{ key: '201', before: null, after: service(201) }], SEED).then(() => (over = true));
    await engine.stop();
    expect(over).toBe(true);
    const atEnd = wire.announced.length;
    await setTimeout(50);
    expect(wire.announced).toHaveLength(atEnd);
    expect(atEnd).toBeLessThan(many.length);
  });
});

describe('a VIP that somebody replaced by the same address of their own', () => {
  it.each([
    ['stays when its service goes', 32, true],
    ['is not taken for a wider one beside it', 24, false],
  ])('%s', async (_, prefixlen, stays) => {
    const engine = await start([service(201)]);
    host.addresses.set('192.0.2.201', { local: '192.0.2.201', prefixlen });
    await engine.describe();
    const gone = { ...service(201), body: null };
    await engine.apply([{ key: '201', before: service(201), after: gone }], SEED);
    expect(host.addresses.has('192.0.2.201')).toBe(stays);
  });
});

describe('a service that may send packets to no server yet, and asks about one', () => {
  const probe = { number: 9, address: '192.0.2.11', asked: 1 };
  const asking = (servers: ServiceDocument['servers']): Document<ServiceDocument> => {
    const document = service(201);
    const body = document.body === null ? null : { ...document.body, servers, silenceProbes: [probe] };
    return { ...document, body };
  };

  it('has no VIP, and is told of; it gets its VIP with its first server and loses it with the last', async () => {
    const engine = await start([asking([])]);
    expect([...host.addresses.keys()]).toEqual(['192.0.2.2']);
    expect((await engine.describe()).silence).toMatchObject([{ number: 9, asked: 1, silent: null }]);
    const steps = [
      [asking([]), asking([{ number: 9, address: '192.0.2.11', weight: 1 }]), true],
      [asking([{ number: 9, address: '192.0.2.11', weight: 1 }]), asking([]), false],
    ] as const;
    for (const [before, after, held] of steps) {
      await engine.apply([{ key: '201', before, after }], SEED);
      expect(host.addresses.has('192.0.2.201')).toBe(held);
    }
    await engine.stop();
  });
});
