import { beforeEach, describe, expect, it } from 'vitest';
import { sampleServiceDocument } from '../../../contract/sample-service-document.fake.js';
import type { CommandRunner } from '../../../platform/command-runner.js';
import { Segments } from '../../../forwarding/segments.js';
import type { ServiceInForce } from '../forwarding-driver.js';
import { KernelElements } from './kernel-elements.js';
import { numberKey } from './kernel-keys.js';
import { placeOf } from '../../../forwarding/element-difference.js';
import { keyDigits, spelledKey } from './named-elements.js';
import type { Element } from '../../../forwarding/layout.js';
import { Nft } from './nft.js';
import { ReadBack } from './read-back.js';
import { serviceElements } from '../../../forwarding/service-elements.js';
import { SlotReader } from './slot-reader.js';
import { slotSums } from './slot-sum.js';

const ADDRESSES = [{ address: '192.0.2.2', prefixLength: 24 }];
const eth0 = { name: 'eth0', index: 2, loopback: false, mac: '02:00:00:00:00:aa', up: true, mtu: 1500 };
const ground = { seed: 1, devices: ['eth0'], segments: new Segments([{ ...eth0, addresses: ADDRESSES }]) };
const SERVICES = 13;

function service(number: number, weight = 1): ServiceInForce {
  const body = sampleServiceDocument({
    number,
    address: `192.0.2.${100 + number}`,
    servers: [
      { number: number * 10, address: '192.0.2.11', weight },
      { number: number * 10 + 1, address: '192.0.2.12', weight: 1 },
    ],
  });
  return { key: `${number}`, version: 1, revision: 1, body };
}

let documents: ServiceInForce[];
let kernel: Element[];

/** Elements were changed while their slots were added up. */
let interrupted: boolean;

/** Shows what is in `kernel`, as nft does, and slots as the reader in Perl does. */
const commands: CommandRunner = {
  run: (argv, options) => {
    if (argv[0] === 'perl') return Promise.resolve(readSlots(options?.input as string));
    const elem = kernel
      .filter(({ map }) => map === argv.at(-1))
      .map(({ key, value }) => (value === '' ? key : [key, value]));
    return Promise.resolve(JSON.stringify({ nftables: [{ map: { elem } }] }));
  },
};

function readSlots(asked: string): string {
  const sums = [...slotSums(kernel)].map(([group, { count, sum }]) => {
    const [map = '', ...service] = group.split(' ');
    return `sum ${map} ${keyDigits(map, service.join(' '))} ${count} ${sum}`;
  });
  const wanted = [...asked.matchAll(/^get (\S+) (\S+)$/gm)];
  const there = new Map(wanted.length === 0 ? [] : kernel.map((each) => [placeOf(each), each.value]));
  const gets = wanted.map(([line, map = '', digits = '']) => {
    const value = there.get(`${map} ${spelledKey(map, digits)}`);
    return `${line} ${value === undefined ? '' : numberKey(Number(value))} - - -`;
  });
  const flag = interrupted ? ['interrupted'] : [];
  return [...(asked.includes('\nsums slots\n') ? sums : gets), ...flag, 'done', ''].join('\n');
}

const nft = new Nft(commands);
const sources = { nft, slots: new SlotReader(commands, nft) };
const spared = new Set<number>();
const openReadBack = () => new ReadBack(sources, () => ({ documents, ground, spared }));

beforeEach(() => {
  interrupted = false;
  documents = Array.from({ length: SERVICES }, (_, each) => service(each + 1));
  kernel = documents.flatMap(({ body }) => serviceElements(body, ground));
});

describe('a read-back', () => {
  it('finds nothing where the kernel holds what it shall', async () => {
    expect(await openReadBack().deviatingMaps()).toEqual([]);
  });

  it('names the maps where something is missing, wrong, or nobody wants it', async () => {
    kernel = kernel.filter(({ map, key }) => map !== 'services4' || !key.includes('.101'));
    kernel = kernel.map((each) =>
      each.map === 'backends4.eth0' && each.key === '20' ? { ...each, value: '192.0.2.66' } : each,
    );
    kernel.push({ map: 'takers', key: '999', value: '' });
    const maps = await openReadBack().deviatingMaps();
    expect(maps.toSorted()).toEqual(['backends4.eth0', 'services4', 'takers']);
  });

  it('leaves out what is changed meanwhile, be it read before or after', async () => {
    const before = serviceElements(service(1).body, ground);
    documents = documents.map((each) => (each.key === '1' ? service(1, 9) : each));
    const after = serviceElements(service(1, 9).body, ground);
    expect(await openReadBack().deviatingMaps()).not.toEqual([]);
    const reading = openReadBack();
    reading.touch({ deleted: before, added: after });
    expect(await reading.deviatingMaps()).toEqual([]);
  });

  it('finds nothing once everything is brought in line', async () => {
    kernel = [];
    const reading = openReadBack();
    reading.abandon();
    expect(await reading.deviatingMaps()).toEqual([]);
  });
});

describe('slots', () => {
  const without = (key: string) => kernel.filter((each) => each.map !== 'slots' || each.key !== key);

  it('are found to be others by their sums, one as well as one that nobody wants', async () => {
    const right = kernel;
    kernel = without('3 . 7');
    expect(await openReadBack().deviatingMaps()).toEqual(['slots']);
    const other = (value: string) => (value === '50' ? '51' : '50');
    kernel = right.map((each) => (each.key === '5 . 9' ? { ...each, value: other(each.value) } : each));
    expect(await openReadBack().deviatingMaps()).toEqual(['slots']);
    kernel = [...right, { map: 'slots', key: '999 . 1', value: '10' }];
    expect(await openReadBack().deviatingMaps()).toEqual(['slots']);
  });

  it('are asked for one by one where the sums were made while something changed', async () => {
    interrupted = true;
    const right = kernel;
    kernel = [...right, ...right.filter(({ map, key }) => map === 'slots' && key === '3 . 7')];
    expect(await openReadBack().deviatingMaps()).toEqual([]);
    kernel = without('3 . 7');
    expect(await openReadBack().deviatingMaps()).toEqual(['slots']);
  });
});

describe('slots of the short way', () => {
  const stateless = (number: number, weight = 1): ServiceInForce => {
    const each = service(number, weight);
    return { ...each, body: { ...each.body, slots: 4096, flowAffinity: false } };
  };
  const elementsOf = (each: ServiceInForce) => serviceElements(each.body, ground);
  const straightIn = (elements: readonly Element[]) =>
    elements.filter(({ map }) => map === 'straight4').map(({ key }) => key);
  const hold = (count: number) => {
    documents = Array.from({ length: count }, (_, each) => stateless(each + 1));
    kernel = documents.flatMap(elementsOf);
  };
  const wantedBut = (number: number) =>
    documents.filter(({ key }) => key !== `${number}`).map((each) => elementsOf(each));

  it.each([
    ['few', 1],
    ['many', SERVICES],
  ])('are found to be others by their sums where they are %s', async (_, count) => {
    hold(count);
    const right = kernel;
    const lost = (each: Element) => each.map === 'straight4' && each.key === '192.0.2.101 . 6 . 80 . 4100';
    kernel = right.filter((each) => !lost(each));
    expect(kernel).toHaveLength(right.length - 1);
    expect(await openReadBack().deviatingMaps()).toEqual(['straight4']);
  });

  it('are asked for one by one as well where something changed meanwhile', async () => {
    hold(1);
    interrupted = true;
    kernel = [...kernel, ...kernel.filter(({ map, key }) => map === 'straight4' && key.endsWith(' 4100'))];
    expect(await openReadBack().deviatingMaps()).toEqual([]);
    kernel = kernel.filter(({ map, key }) => map !== 'straight4' || !key.endsWith(' 4100'));
    expect(await openReadBack().deviatingMaps()).toEqual(['straight4']);
  });

  it('of nobody are found, unless they are of a service that is spared or changed meanwhile', async () => {
    hold(2);
    documents = documents.slice(0, 1);
    spared.add(2);
    expect(await openReadBack().deviatingMaps()).toEqual([]);
    spared.clear();
    expect(await openReadBack().deviatingMaps()).toContain('straight4');
    const reading = openReadBack();
    reading.touch({ deleted: elementsOf(stateless(2)), added: [] });
    expect(await reading.deviatingMaps()).toEqual([]);
  });

  it('are not listed where they are many, and are known by name when they are to go', async () => {
    hold(SERVICES);
    const asked: string[] = [];
    const run: CommandRunner['run'] = (argv, options) => {
      asked.push(argv.at(-1) ?? '');
      return commands.run(argv, options);
    };
    const listing = new Nft({ ...commands, run });
    const read = await KernelElements.read({ nft: listing, slots: sources.slots }, ['eth0'], 'none');
    expect(asked).toContain('stateless');
    expect(asked).not.toContain('straight4');
    const own = straightIn(elementsOf(stateless(1)));
    expect(straightIn(read.unwanted(wantedBut(1), new Set()))).toEqual(own);
    expect(straightIn(read.unwanted(wantedBut(1), new Set([1])))).toEqual([]);
    expect(read.differenceTo(elementsOf(stateless(1)))).toEqual({ added: [], deleted: [] });
    const { added, deleted } = read.differenceTo(elementsOf(stateless(1, 9)));
    expect(straightIn(deleted)).toEqual(own);
    expect(straightIn(added)).toEqual(own);
  });

  it('stay with the service that is spared, and go with one beside it', async () => {
    hold(3);
    const read = await KernelElements.read(sources, ['eth0'], 'none');
    const gone = read.unwanted([elementsOf(stateless(3))], new Set([2]));
    expect(straightIn(gone)).toEqual(straightIn(elementsOf(stateless(1))));
  });
});
