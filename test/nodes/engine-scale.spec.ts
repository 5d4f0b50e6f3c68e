import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../../src/contract/documents.js';
import { readElements } from '../../src/engine/drivers/nftables/element-reader.js';
import { Nft } from '../../src/engine/drivers/nftables/nft.js';
import { SlotReader } from '../../src/engine/drivers/nftables/slot-reader.js';
import type { SlotSum } from '../../src/engine/drivers/nftables/slot-sum.js';
import { OWN_ADDRESS_METRIC } from '../../src/forwarding/own-address.js';
import type { CommandRunner } from '../../src/platform/command-runner.js';
import { DirectorNetwork } from '../support/director-network.js';
import { service } from '../support/service-documents.js';
import { IS_MACHINES_ROOT } from '../support/machines-root.js';
import { untilSo } from '../support/until-so.js';

/** With 64 slots each these are more than a restart reads back one by one. */
const SERVICES = 1_100;
/** More than a monitor names of one transaction. */
const UNNAMED = SERVICES * 64;
let net: DirectorNetwork;
const all = Array.from({ length: SERVICES }, (_, index) => oneOfMany(index + 1));
const directorCommands: CommandRunner = { run: (argv, options) => net.director.exec(argv, options) };

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-big`);
});
afterAll(() => net.close());

describe.runIf(IS_MACHINES_ROOT)(`a table of ${SERVICES} services`, () => {
  it('is loaded in transactions of bounded size, none with a part of a service', async () => {
    await net.restart([]);
    net.takeTransactions();
    // As text, which can be read here; what the kernel is told without nft is as much at once.
    net.sabotage = ({ argv }) => argv[0] === 'perl' && argv.includes('-e') && 1;
    expect(await net.restart(all)).toEqual([]);
    net.sabotage = undefined;
    const transactions = net.takeTransactions();
    expect(transactions.length).toBeGreaterThan(1);
    const services = transactions.map((text) => new Set(numbersIn(text, 'slots')));
    expect(services.reduce((sum, numbers) => sum + numbers.size, 0)).toBe(SERVICES);
  });

  it('costs a change no more than a table of one service does', async () => {
    const changed = oneOfMany(SERVICES, { first: 500 });
    net.commands.splice(0);
    await net.put(changed);
    // The other command asks for the one VIP.
    const among = net.commands.filter(({ argv }) => argv[0] === 'nft');
    expect(net.commands.filter(({ argv }) => argv[0] === 'ip').map(({ input }) => input)).toEqual([
      expect.stringMatching(/^address add \S+ dev eth0 metric \d+\n$/),
    ]);
    await net.put(oneOfMany(SERVICES));
    const alone = await textOfChangeAlone(changed);
    expect(among).toHaveLength(1);
    expect(among[0]?.input).toBe(alone);
  });

  it('is found again at a restart without listing all slots', async () => {
    await net.restart(all);
    net.commands.splice(0);
    await net.restart(all);
    expect(net.commands.filter(({ argv }) => argv.includes('-f') || argv.includes('slots'))).toEqual([]);
  });

  it('is brought over to other documents without listing all slots', async () => {
    const others = changedMeanwhile();
    await net.restart(all);
    net.commands.splice(0);
    expect(await net.restart(others)).toEqual([]);
    expect(net.commands.some(({ argv }) => argv.includes('slots'))).toBe(false);
    // The other one brings the chain for 128 slots, and no rule that was there.
    const [chain = '', ...changes] = net.takeTransactions();
    expect(changes).toHaveLength(1);
    expect(chain).toMatch(/^(.* maglev4-128( .*)?\n)+$/);
    await expectSameAsLoadedAnew(others);
  });

  it('is brought over also where digests and slots do not agree', async () => {
    await net.restart(all);
    await net.director.exec(['nft', 'delete element netdev homeward slots { 5 . 3, 6 . 1 }']);
    const others = changedMeanwhile();
    expect(await net.restart(others)).toEqual([]);
    await expectSameAsLoadedAnew(others);
  });
});

describe.runIf(IS_MACHINES_ROOT)(`what somebody undoes of a table of ${SERVICES} services`, () => {
  const undo = (change: string) => net.director.exec(['nft', change]);
  const listed = () => net.commands.flatMap(({ argv }) => (argv.includes('list') ? [argv.at(-1)] : []));

  beforeAll(async () => {
    net.commands.splice(0);
    expect(await net.restart(all, { watches: true, readingAgeMs: 600_000 })).toEqual([]);
    await net.watching();
    // Everything is compared at first, which lists maps.
    const added = () => Promise.resolve(net.commands.some(({ input }) => input.includes('\nsums slots\n')));
    await untilSo(added, 'all slots to be added up', 20_000);
    await new Promise((done) => setTimeout(done, 2_000));
  });
  beforeEach(async () => {
    await net.mended();
    net.commands.splice(0);
  });
  afterAll(() => net.engine.stop());

  it.each([
    ['a server', 'backends4.eth0 { 51 }', 'backends4.eth0 { 51 : 192.0.2.12 }'],
    ['a server that takes new flows', 'takers { 5 . 51 }', 'takers { 5 . 51 }'],
  ])('is brought back alone, without a look at others: %s', async (_, gone, back) => {
    await undo(`delete element netdev homeward ${gone}`);
    await expect.poll(() => net.recorded.transactions, { timeout: 2_000 }).toHaveLength(1);
    expect(net.recorded.transactions).toEqual([`add element netdev homeward ${back}\n`]);
    expect(new Set(listed())).toEqual(new Set(['netdev', `${OWN_ADDRESS_METRIC}`]));
  });

  it('is brought back alone: a server at another address, and one that nobody knows', async () => {
    const wrong = 'backends4.eth0 { 51 : 192.0.2.99, 99999 : 192.0.2.99 }';
    await undo(`delete element netdev homeward backends4.eth0 { 51 }; add element netdev homeward ${wrong}`);
    await expect.poll(() => net.recorded.transactions, { timeout: 2_000 }).toHaveLength(1);
    const [text = ''] = net.recorded.transactions;
    expect(text.split('\n')[0]).toMatch(
      /^delete element \S+ \S+ backends4.eth0 \{ (51|99999), (51|99999) \}$/,
    );
    expect(text).toContain('add element netdev homeward backends4.eth0 { 51 : 192.0.2.12 }');
  });

  it('is brought back alone: slots that are gone, are others, or are nobody’s', async () => {
    const before = await slotSums();
    const [value] = await slotReader().some(new Set(['slots 7 . 1']));
    const other = value?.value === '71' ? '72' : '71';
    const wrong = `add element netdev homeward slots { 7 . 1 : ${other}, 7 . 99 : 71, 99999 . 1 : 71 }`;
    await undo(`delete element netdev homeward slots { 5 . 3, 7 . 1 }; ${wrong}`);
    await expect.poll(() => net.recorded.transactions.length, { timeout: 2_000 }).toBe(1);
    await net.mended();
    expect(await slotSums()).toEqual(before);
    expect(net.recorded.transactions.map((text) => text.length)).toEqual([expect.closeTo(200, -3)]);
    expect(listed()).not.toContain('slots');
  });

  it('is brought back whole: all slots, of which nobody is named', async () => {
    const before = await slotSums();
    await undo('flush map netdev homeward slots');
    await expect.poll(slotSums, { timeout: 10_000 }).toEqual(before);
    expect([...before.values()].reduce((sum, { count }) => sum + count, 0)).toBe(UNNAMED);
  });

  it('is brought back without a look at elements: rules', async () => {
    await undo('flush chain netdev homeward steer4');
    await expect.poll(() => net.recorded.transactions, { timeout: 2_000 }).toHaveLength(1);
    expect(net.recorded.transactions.join()).toMatch(/^(?:.* steer4( .*)?\n)+$/);
    await net.mended();
    expect(new Set(listed())).toEqual(new Set(['netdev', `${OWN_ADDRESS_METRIC}`]));
  });
});

describe('services without flow affinity, more than a restart reads the slots of', () => {
  const stateless = (number: number, changes: Partial<ServiceDocument> = {}) => ({
    ...oneOfMany(number),
    slots: 128,
    flowAffinity: false as const,
    ...changes,
  });
  const many = Array.from({ length: 13 }, (_, index) => stateless(index + 1));

  it('are brought over to others without a look at these slots', async () => {
    const { servers } = oneOfMany(5);
    const { flowAffinity: _, ...remembering } = stateless(1);
    const others = [
      remembering,
      // One is gone; another port, another scheduler, all drained, another weight, slots of the smaller size.
      stateless(3, { port: 2_000, endPort: 2_000 }),
      stateless(4, { scheduler: 'source-hash' }),
      stateless(5, { servers: servers.map((each) => ({ ...each, weight: 0 })) }),
      stateless(6, { servers: oneOfMany(6, { first: 1 }).servers }),
      stateless(7, { slots: 64 }),
      ...many.slice(7),
    ];
    await net.restart(many);
    net.commands.splice(0);
    expect(await net.restart(others)).toEqual([]);
    expect(net.commands.filter(({ argv }) => argv.includes('straight4'))).toEqual([]);
    const brought = await straight();
    expect(brought.length).toBeGreaterThan(6 * 4_096);
    await net.director.exec(['nft', 'delete', 'table', 'netdev', 'homeward']);
    await net.restart(others);
    expect(await straight()).toEqual(brought);
  });

  it('have a slot brought back that somebody deleted, without a look at the others', async () => {
    await net.restart(many, { watches: true, readingAgeMs: 600_000 });
    await net.watching();
    const before = await straight();
    net.commands.splice(0);
    await net.director.exec([
      'nft',
      'delete element netdev homeward straight4 { 192.0.2.200 . 6 . 1025 . 4100 }',
    ]);
    await expect.poll(() => net.recorded.transactions, { timeout: 2_000 }).toHaveLength(1);
    expect(await straight()).toEqual(before);
    expect(net.commands.filter(({ argv }) => argv.includes('straight4'))).toEqual([]);
    await net.engine.stop();
  });

  it('are all compared as soon as an engine has begun, which took digests for them', async () => {
    await net.restart(many);
    const before = await straight();
    await net.director.exec([
      'nft',
      'delete element netdev homeward straight4 { 192.0.2.200 . 6 . 1025 . 4100 }',
    ]);
    await net.restart(many, { watches: true, readingAgeMs: 600_000 });
    expect(await straight()).not.toEqual(before);
    await expect.poll(straight, { timeout: 20_000, interval: 500 }).toEqual(before);
    await net.engine.stop();
  });

  async function straight(): Promise<readonly string[]> {
    const { found } = await readElements(directorCommands, ['all straight4'], 60);
    return found.map(({ key, value }) => `${key} ${value}`).sort();
  }
});

function slotReader(): SlotReader {
  return new SlotReader(directorCommands, new Nft(directorCommands));
}

async function slotSums(): Promise<ReadonlyMap<string, SlotSum>> {
  return (await slotReader().sums()).sums;
}

/** Another weight, a service gone, more slots, one without servers, one new. */
function changedMeanwhile(): readonly ServiceDocument[] {
  return [
    ...all.slice(0, 4),
    oneOfMany(5, { first: 1 }),
    ...all.slice(6, 7),
    { ...oneOfMany(8), slots: 128 },
    { ...oneOfMany(9), servers: [] },
    ...all.slice(9),
    oneOfMany(SERVICES + 1),
  ];
}

async function expectSameAsLoadedAnew(services: readonly ServiceDocument[]): Promise<void> {
  const brought = await contents();
  await net.director.exec(['nft', 'delete', 'table', 'netdev', 'homeward']);
  await net.restart(services);
  expect(brought.size).toBeGreaterThan(SERVICES * 64);
  expect(brought).toEqual(await contents());
}

async function contents(): Promise<ReadonlySet<string>> {
  const listed = await net.director.exec(['nft', '-j', 'list', 'table', 'netdev', 'homeward']);
  const { nftables } = JSON.parse(listed) as {
    nftables: { map?: { name: string; elem?: unknown[] } }[];
  };
  return new Set(
    nftables.flatMap(({ map }) =>
      (map?.elem ?? []).map((each) => `${map?.name ?? ''} ${JSON.stringify(each)}`),
    ),
  );
}

async function textOfChangeAlone(changed: ServiceDocument): Promise<string | undefined> {
  await net.restart([oneOfMany(SERVICES)]);
  net.takeTransactions();
  await net.put(changed);
  return net.takeTransactions()[0];
}

function numbersIn(transaction: string, map: string): readonly string[] {
  const line = transaction
    .split('\n')
    .find((each) => each.startsWith(`add element netdev homeward ${map} {`));
  return [...(line ?? '').matchAll(/(\d+) \. \d+ :/g)].map(([, number]) => number ?? '');
}

function oneOfMany(number: number, { first = 1000 } = {}): ServiceDocument {
  return service(number, {
    // All on one VIP: the addresses are not what is measured here.
    port: 1024 + number,
    servers: [11, 12, 13].map((last, index) => ({
      number: number * 10 + index,
      address: `192.0.2.${last}`,
      weight: index === 0 ? first : 1000,
    })),
  });
}
