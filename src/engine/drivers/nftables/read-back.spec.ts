import { beforeEach, describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../../../contract/documents.js';
import type { CommandRunner } from '../../../platform/command-runner.js';
import { Segments } from '../../network/segments.js';
import type { ServiceInForce } from '../forwarding-driver.js';
import { KernelElements } from './kernel-elements.js';
import type { Element } from './layout.js';
import { Nft } from './nft.js';
import { ReadBack } from './read-back.js';
import { serviceElements } from './service-elements.js';

const ADDRESSES = [{ address: '192.0.2.2', prefixLength: 24 }];
const eth0 = { name: 'eth0', index: 2, loopback: false, mac: '02:00:00:00:00:aa', up: true, mtu: 1500 };
const ground = { seed: 1, devices: ['eth0'], segments: new Segments([{ ...eth0, addresses: ADDRESSES }]) };
/** So many that slots are not read. */
const SERVICES = 13;

function service(number: number, weight = 1): ServiceInForce {
  const body: ServiceDocument = {
    kind: 'service',
    number,
    address: `192.0.2.${100 + number}`,
    protocol: 'tcp',
    port: 80,
    endPort: 80,
    scheduler: 'maglev',
    slots: 4096,
    servers: [
      { number: number * 10, address: '192.0.2.11', weight },
      { number: number * 10 + 1, address: '192.0.2.12', weight: 1 },
    ],
  };
  return { key: `${number}`, version: 1, revision: 1, body };
}

let documents: ServiceInForce[];
let kernel: Element[];

/** Lists what is in `kernel`, as nft does. */
const commands: CommandRunner = {
  run: (argv) => {
    const elem = kernel
      .filter(({ map }) => map === argv.at(-1))
      .map(({ key, value }) => (value === '' ? key : [key, value]));
    return Promise.resolve(JSON.stringify({ nftables: [{ map: { elem } }] }));
  },
};
const nft = new Nft(commands);
const spared = new Set<number>();
const openReadBack = () => new ReadBack(nft, () => ({ documents, ground, spared }));

beforeEach(() => {
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

describe('slots that are not read', () => {
  it('are brought again only of services whose slots somebody touched', async () => {
    const read = await KernelElements.read(nft, ['eth0'], false);
    read.distrust(new Set([2]));
    const added = (number: number) =>
      read.differenceTo(serviceElements(service(number).body, ground)).added.map(({ map }) => map);
    expect(added(1)).toEqual([]);
    expect(new Set(added(2))).toEqual(new Set(['slots']));
    expect(added(2)).toHaveLength(4096);
  });
});
