/** What somebody else does to the director's host, and steps that fail half-way. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../../src/contract/documents.js';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import { IS_MACHINES_ROOT } from '../support/machines-root.js';
import { deleteInterface, makeInterface } from '../support/remake-interface.js';

const FAR = { number: 95, address: '203.0.113.77', weight: 1000 };
const prefix = `hw${process.pid}-dri`;
let net: DirectorNetwork;

const web = service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 });
const six = service(3, { address: VIP6, servers: entries(3, 6, [1000, 1000]), slots: 8 });
const far = service(9, { address: '192.0.2.209', servers: [...entries(9, 4, [1, 1]), FAR], slots: 8 });

beforeAll(async () => {
  net = await DirectorNetwork.create(prefix);
  await net.serve('tcp', VIP4, 80);
});
beforeEach(async () => expect(await net.restart([web, six], { readingAgeMs: 0 })).toEqual([]));
afterEach(async () => {
  net.sabotage = undefined;
  await net.restart([]);
});
afterAll(() => net.close());

describe('a VIP that somebody took from the interface', () => {
  beforeEach(() => net.director.exec(['ip', 'address', 'delete', `${VIP4}/32`, 'dev', 'eth0']));

  it('is back after the next change of a service that uses it', async () => {
    expect(await net.put({ ...web, servers: entries(1, 4, [1000, 500]) })).toEqual([]);
    expect(await held()).toContain(VIP4);
  });

  it('is back also where very many VIPs are touched at once', async () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      service(100 + index, { address: `192.0.2.${100 + index}`, servers: [], slots: 8 }),
    );
    await net.put(...many);
    await net.director.exec(['ip', 'address', 'delete', '192.0.2.120/32', 'dev', 'eth0']);
    await net.put(web, ...many);
    expect(await held()).toEqual(expect.arrayContaining([VIP4, '192.0.2.120']));
  });

  it('is told, and back, when the engine next looks at the host', async () => {
    expect(await vipsHeld()).toMatchObject({ status: 'False', reason: 'VipsMissing' });
    expect((await vipsHeld())?.message).toContain(VIP4);
    await expect.poll(held, { timeout: 5_000 }).toContain(VIP4);
    await expect.poll(async () => (await vipsHeld())?.status, { timeout: 5_000 }).toBe('True');
  });

  it('stays told as long as it cannot be brought back, and is tried again', async () => {
    net.sabotage = ({ input }) => input.startsWith('address add');
    net.commands.splice(0);
    const tries = () => net.commands.filter(({ input }) => input.startsWith('address add')).length;
    await expect.poll(async () => (await vipsHeld(), tries()), { timeout: 5_000 }).toBeGreaterThan(1);
    expect(await vipsHeld()).toMatchObject({ status: 'False', reason: 'VipsMissing' });
    net.sabotage = undefined;
    await expect.poll(async () => (await vipsHeld())?.status, { timeout: 5_000 }).toBe('True');
    expect(await held()).toContain(VIP4);
  });
});

describe('an interface that is made anew under its name', () => {
  it.each([
    ['without its VIPs', []],
    ['and has its VIPs from somebody', [`${VIP4}/32`, `${VIP6}/128`]],
  ])('%s is told, and gets VIPs and rules, and forwards', async (_, vips) => {
    await remakeInterface(vips);
    expect(await vipsHeld()).toMatchObject({ status: 'False', reason: 'InterfaceRemade' });
    await expect.poll(async () => (await vipsHeld())?.status, { timeout: 5_000 }).toBe('True');
    expect(await held()).toEqual(expect.arrayContaining([VIP4, VIP6]));
    expect(['one', 'two']).toContain(await net.client.visit({ address: VIP4, port: 80 }));
  });
});

describe('an interface that is made anew with fewer addresses', () => {
  it('is repaired once, and the services that lack what they had are told', async () => {
    await net.director.exec(['ip', 'address', 'add', '203.0.113.2/24', 'dev', 'eth0']);
    expect(await net.put(far)).toEqual([]);
    await remakeInterface([]);
    await expect
      .poll(async () => (await vipsHeld(), net.faultsAfterLoss), { timeout: 5_000 })
      .toEqual([expect.objectContaining({ key: '9', reason: 'NoSharedSegment' })]);
    net.commands.splice(0);
    expect((await vipsHeld())?.status).toBe('True');
    expect((await vipsHeld())?.status).toBe('True');
    expect(net.commands.filter(({ argv }) => argv[0] === 'nft')).toEqual([]);
    await net.director.exec(['ip', 'address', 'add', '203.0.113.2/24', 'dev', 'eth0']);
    expect(await net.put(far)).toEqual([]);
    await net.director.exec(['ip', 'address', 'delete', '203.0.113.2/24', 'dev', 'eth0']);
  });
});

describe('the reading of the host', () => {
  it('is not made for every report', async () => {
    await net.restart([web], { readingAgeMs: 60_000 });
    net.commands.splice(0);
    const { host } = await net.engine.describe();
    await net.put({ ...web, servers: entries(1, 4, [1000, 500]) });
    expect((await net.engine.describe()).host).toEqual(host);
    expect(readings()).toBe(0);
  });

  it('is not made anew each time that a service with a server on no segment is tried again', async () => {
    await net.restart([web], { readingAgeMs: 60_000 });
    const document = { key: '9', version: 900, revision: 1, body: far };
    expect(await net.change([document])).toEqual([expect.objectContaining({ reason: 'NoSharedSegment' })]);
    net.commands.splice(0);
    expect(await net.change([document])).toEqual([expect.objectContaining({ reason: 'NoSharedSegment' })]);
    expect(readings()).toBe(0);
    await net.change([{ ...document, version: 901 }]);
    expect(readings()).toBe(1);
  });
});

describe('a change that finds the host on other segments', () => {
  it('tells the faults of every document, for every one was laid anew', async () => {
    await net.director.exec(['ip', 'address', 'add', '203.0.113.2/24', 'dev', 'eth0']);
    expect(await net.put(far)).toEqual([]);
    await net.director.exec(['ip', 'address', 'delete', '203.0.113.2/24', 'dev', 'eth0']);
    const other = { ...web, servers: [...web.servers, { ...FAR, number: 19, address: '198.18.0.1' }] };
    const faults = await net.put(other);
    expect(faults.map(({ key }) => key).sort()).toEqual(['1', '9']);
  });
});

describe('a step that fails half-way', () => {
  /** With 4,096 slots each, more than one transaction. */
  const large = (address: string, number: number): ServiceDocument =>
    service(number, { address, servers: entries(number, 4, [1, 1]), slots: 4096 });
  const first = Array.from({ length: 20 }, (_, index) => large(`192.0.2.${101 + index}`, 200 + index));

  it.runIf(IS_MACHINES_ROOT)(
    'leaves no service in force whose VIP is not held when it is tried again',
    async () => {
      let loads = 0;
      // As a batch, or as nft's text.
      const isLoad = (argv: readonly string[]) => argv.includes('-e') || argv.includes('-f');
      net.sabotage = ({ argv }) => isLoad(argv) && ++loads >= 2;
      await expect(net.put(...first)).rejects.toThrow('sabotaged');
      net.sabotage = undefined;
      expect(await net.put({ ...web, servers: entries(1, 4, [1, 1]) })).toEqual([]);
      expect(await held()).toEqual(expect.arrayContaining(first.map(({ address }) => address)));
      await net.put(web);
    },
  );

  it.runIf(IS_MACHINES_ROOT)('of a reconcile loses no service that was wanted', async () => {
    await net.director.exec(['nft', 'flush', 'ruleset']);
    let loads = 0;
    net.sabotage = ({ argv }) => argv.includes('-f') && ++loads === 3;
    await expect(net.put({ ...web, servers: entries(1, 4, [1, null]) })).rejects.toThrow('sabotaged');
    net.sabotage = undefined;
    expect(await net.put(web)).toEqual([]);
    expect(await held()).toEqual(expect.arrayContaining([VIP4, VIP6]));
    const listed = await net.director.exec(['nft', 'list', 'map', 'netdev', 'homeward', 'services6']);
    expect(listed).toContain(VIP6);
  });
});

function readings(): number {
  return net.commands.filter(({ argv }) => argv.includes('address') && argv.includes('show')).length;
}

async function vipsHeld() {
  const { conditions } = await net.engine.describe();
  return conditions.find(({ type }) => type === 'VipsHeld');
}

async function held(): Promise<readonly string[]> {
  const listed = await net.director.exec(['ip', '-json', 'address', 'show', 'dev', 'eth0']);
  const [device] = JSON.parse(listed) as { addr_info: { local: string }[] }[];
  return (device?.addr_info ?? []).map(({ local }) => local);
}

async function remakeInterface(vips: readonly string[]): Promise<void> {
  await deleteInterface(net);
  await makeInterface(net, vips);
}
