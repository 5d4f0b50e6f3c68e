/** Documents that cannot be put in force, and what becomes of the others; loads that the kernel or the host fails. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HealthQuestion, ServiceDocument } from '../../src/contract/documents.js';
import { CheckedServer } from '../support/checked-server.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import { forwardedServers, slotShares } from '../support/kernel-servers.js';
import { IS_MACHINES_ROOT } from '../support/machines-root.js';

const REFUSED = 1;
const PORT_8080: HealthQuestion = {
  type: 'tcp',
  port: 8080,
  intervalMs: 100,
  timeoutMs: 80,
  rise: 1,
  fall: 2,
};
let net: DirectorNetwork;

const at = (number: number, port: number, endPort = port): ServiceDocument =>
  service(number, { port, endPort, servers: entries(number, 4, [1, 1]), slots: 8 });
const range = at(2, 8000, 8009);
/** Overlaps with the range, which stays. */
const bad = at(9, 8005, 8020);

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-ref`);
});
beforeEach(async () => {
  expect(await net.restart([range, at(11, 81), at(12, 82)])).toEqual([]);
  net.takeTransactions();
});
afterEach(async () => {
  net.sabotage = undefined;
  await net.restart([]);
});
afterAll(() => net.close());

describe('a service whose new document is refused', () => {
  it('goes on by the health of its servers', async () => {
    const pages = [new CheckedServer(net.servers[0]), new CheckedServer(net.servers[1])];
    await Promise.all(pages.map((page) => page.start([{ type: 'http', port: 8080 }])));
    const web = { ...at(21, 83), healthCheck: PORT_8080 };
    const forwarded = async () =>
      (await forwardedServers(net.director, 4)).filter((each) => /^21[12]$/.test(each));
    const becomes = async (numbers: readonly string[]) => {
      await expect.poll(forwarded, { timeout: 5_000 }).toEqual(numbers);
    };
    await net.put(web);
    await becomes(['211', '212']);
    const asked = { ...web, healthCheck: { ...PORT_8080, port: 8081 } };
    // It overlaps with the range, which stays.
    const refused = { ...asked, port: 8005, endPort: 8020 };
    expect(await net.put(refused)).toMatchObject([{ reason: 'Refused' }]);
    await pages[0]?.stop();
    await becomes(['212']);
    await pages[0]?.start([{ type: 'http', port: 8080 }]);
    await becomes(['211', '212']);
    await Promise.all(pages.map((page) => page.stop()));
  });
});

describe('a service whose server is on no segment of the director', () => {
  it('goes on with its backup', async () => {
    const [two] = entries(21, 4, [null, 1]);
    if (two === undefined) throw new Error('there is one');
    const page = new CheckedServer(net.servers[1]);
    await page.start([{ type: 'http', port: 8080 }]);
    const servers = [OUT_OF_REACH, { ...two, backup: true as const }];
    await net.put({ ...at(21, 83), servers, healthCheck: PORT_8080 });
    await expect.poll(async () => (await slotShares(net.director))[two.number], { timeout: 5_000 }).toBe(8);
    await page.stop();
  });
});

describe('one bad document', () => {
  it('does not keep two services from swapping their ports', async () => {
    const faults = await net.put(at(11, 82), bad, at(12, 81));
    expect(faults).toEqual([
      expect.objectContaining({ key: '9', message: expect.stringContaining('File exists') }),
    ]);
    expect(await services()).toContain('tcp . 81 : 12');
    expect(await services()).toContain('tcp . 82 : 11');
  });

  it.runIf(IS_MACHINES_ROOT)('costs a batch of 300 a few transactions, not one for each', async () => {
    const many = Array.from({ length: 300 }, (_, index) => at(100 + index, 10_000 + index));
    expect(await net.put(...many.slice(0, 150), bad, ...many.slice(150))).toHaveLength(1);
    expect(net.takeTransactions().length).toBeLessThan(6);
    expect((await services()).match(/ : \d+/g)).toHaveLength(302);
  });

  it('does not take with it one that only clashes with it', async () => {
    // Both are new and want what the other wants; one of them can have it.
    const faults = await net.put(at(13, 90), bad, at(14, 90));
    expect(faults.map(({ key }) => key).sort()).toEqual(['14', '9']);
    expect(await services()).toContain('tcp . 90 : 13');
  });

  it('leaves its former version in force where all is laid anew', async () => {
    const worse = { ...at(11, 8001, 8002), servers: [...entries(11, 4, [1, 1]), OUT_OF_REACH] };
    expect(await net.put(worse)).toEqual([expect.objectContaining({ key: '11', reason: 'Refused' })]);
    await net.director.exec(['nft', 'flush ruleset']);
    const faults = await net.put({ ...at(12, 82), slots: 16 });
    expect(faults).toEqual([expect.objectContaining({ key: '11', versionInForce: expect.any(Number) })]);
    expect(await services()).toContain('tcp . 81 : 11');
  });
});

describe('a batch that finds the kernel without the table', () => {
  it('is not taken apart: everything is brought at once', async () => {
    const many = Array.from({ length: 300 }, (_, index) => at(100 + index, 10_000 + index));
    await net.put(...many);
    await net.director.exec(['nft', 'flush ruleset']);
    net.takeTransactions();
    expect(await net.put(...many.map((each) => ({ ...each, servers: each.servers.slice(1) })))).toEqual([]);
    // Of a table that was made just now nothing is read.
    expect(net.commands.filter(({ argv }) => argv.join(' ').startsWith('nft -j list'))).toEqual([]);
    // The batch, the rules, the elements.
    expect(net.takeTransactions().length).toBeLessThan(5);
    expect((await services()).match(/ : \d+/g)).toHaveLength(302);
  });
});

describe('a service that needs a chain which the kernel does not take', () => {
  /** No kernel counts so many milliseconds. */
  const chainless = { ...at(16, 86), persistence: { timeoutSeconds: 10 ** 16, prefixLength: 32 } };
  const itsFault = [expect.objectContaining({ key: '16', reason: 'Refused', message: expect.any(String) })];
  /** One that needs a chain which none has yet. */
  const hashed = (slots: number): ServiceDocument => ({ ...at(17, 87), scheduler: 'source-hash', slots });
  const laysRules = (text: string): boolean => text.includes('add table netdev homeward\n');
  const drifts = async () => (await net.engine.describe()).drift?.total;

  it('is told of alone: the table stays, and the others have their chains', async () => {
    const before = await drifts();
    expect(await net.put(hashed(16), chainless, { ...at(12, 82), slots: 32 })).toEqual(itsFault);
    expect(net.takeTransactions().filter(laysRules)).toEqual([]);
    expect(await services()).toContain('tcp . 87 : 17');
    expect(await services()).not.toContain('tcp . 86 :');
    expect((await slotShares(net.director))[121]).toBe(16);
    expect(await drifts()).toBe(before);
  });

  it('stays as it was in force', async () => {
    await net.put(at(16, 86));
    expect(await net.put(chainless)).toEqual([
      expect.objectContaining({ key: '16', versionInForce: expect.any(Number) }),
    ]);
    expect(await services()).toContain('tcp . 86 : 16');
  });

  it.each<[string, string]>([
    ['a table that is gone', 'flush ruleset'],
    ['rules that somebody changed', 'add rule netdev homeward steer4 counter'],
  ])('does not keep the others from %s', async (_, somebody) => {
    const all = [range, at(11, 81), chainless, hashed(32)];
    await net.director.exec(['nft', somebody]);
    expect(await net.restart(all)).toEqual(itsFault);
    for (const served of ['81 : 11', '87 : 17']) expect(await services()).toContain(`tcp . ${served}`);
    net.takeTransactions();
    expect(await net.reconcile(all)).toEqual(itsFault);
    expect(net.takeTransactions().filter(laysRules)).toEqual([]);
  });

  it('does not hide that the table was lost', async () => {
    const before = (await drifts()) ?? 0;
    await net.director.exec(['nft', 'flush ruleset']);
    expect(await net.put(hashed(64), chainless)).toEqual(itsFault);
    expect(await drifts()).toBe(before + 1);
    for (const served of ['81 : 11', '87 : 17']) expect(await services()).toContain(`tcp . ${served}`);
  });
});

describe('a table of another make', () => {
  const foreign =
    'delete table netdev homeward; add table netdev homeward; add map netdev homeward slots { type mark : mark; }';

  it('is replaced in one transaction with its services', async () => {
    await net.director.exec(['nft', foreign]);
    net.takeTransactions();
    expect(await net.reconcile()).toEqual([]);
    const replacing = net.takeTransactions().find((text) => text.includes('\ndelete table'));
    expect(replacing).toContain('add element netdev homeward services4');
  });

  it.each([
    ['bringing it over', 'add table netdev homeward\nadd map'],
    ['replacing it', 'add table netdev homeward\ndelete table'],
  ])('is not taken for refused when %s runs out of time or memory', async (_, start) => {
    await net.director.exec(['nft', foreign]);
    const before = await net.director.exec(['nft', 'list ruleset']);
    net.sabotage = ({ input }) => input.startsWith(start);
    await expect(net.reconcile()).rejects.toThrow('sabotaged');
    expect(await net.director.exec(['nft', 'list ruleset'])).toBe(before);
    net.sabotage = undefined;
    expect(await net.reconcile()).toEqual([]);
    expect(await services()).toContain('tcp . 81 : 11');
  });

  it('is replaced without services where nft refuses them, which then come as far as they can', async () => {
    await net.director.exec(['nft', foreign]);
    expect(await net.reconcile([range, bad, at(11, 81)])).toEqual([expect.objectContaining({ key: '9' })]);
    expect(await services()).toContain('tcp . 81 : 11');
  });
});

describe('a service whose document was never understood', () => {
  it('stays in the kernel with all that is its own, until its document is gone', async () => {
    await net.reconcile([at(11, 81), at(15, 85)]);
    const whole = await net.director.exec(['nft', 'list table netdev homeward']);
    const newer = { ...at(11, 81), later: true } as unknown as ServiceDocument;
    expect(await net.restartBeside([newer], [at(15, 85)])).toMatchObject([{ key: '11', versionInForce: 0 }]);
    expect(await net.director.exec(['nft', 'list table netdev homeward'])).toBe(whole);
    expect(await net.director.exec(['ip', 'address', 'show', 'dev', 'eth0'])).toContain('192.0.2.200/32');
    await net.remove(at(11, 81));
    expect(await services()).not.toContain('tcp . 81 : 11');
    expect(await services()).toContain('tcp . 85 : 15');
  });
});

describe('what no service wants and cannot be removed', () => {
  it('fails the reconcile, which brings everything else', async () => {
    await net.director.exec(['nft', 'add element netdev homeward services4 { 192.0.2.99 . tcp . 80 : 77 }']);
    net.sabotage = ({ input }) => input.includes('192.0.2.99') && input.includes('delete element') && REFUSED;
    await expect(net.reconcile([range, at(15, 85)])).rejects.toThrow('could not be removed: sabotaged');
    expect(await services()).toContain('tcp . 85 : 15');
    expect(await net.director.exec(['ip', 'address', 'show', 'dev', 'eth0'])).toContain('192.0.2.200/32');
    net.sabotage = undefined;
    expect(await net.reconcile([range, at(15, 85)])).toEqual([]);
    expect(await services()).not.toContain('192.0.2.99');
  });
});

const OUT_OF_REACH = { number: 119, address: '198.18.0.1', weight: 1 };

/** Elements of the map of single ports, as `... tcp . 80 : 7`. */
async function services(): Promise<string> {
  const listed = await net.director.exec(['nft', 'list', 'map', 'netdev', 'homeward', 'services4']);
  return listed
    .replaceAll(/ counter packets \d+ bytes \d+/g, '')
    .replaceAll(/ : 0:([0-9a-f]+)/g, (_, minor: string) => ` : ${Number.parseInt(minor, 16)}`);
}
