/** Very many elements at once are told to the kernel without nft: they are what nft would have made of its text. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../../src/contract/documents.js';
import { Nft } from '../../src/engine/drivers/nftables/nft.js';
import { filledMaps } from '../../src/forwarding/layout.js';
import { VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import type { RunCommand } from '../support/recorded-commands.js';
import { entries, service } from '../support/service-documents.js';

const REFUSED = 1;
let net: DirectorNetwork;

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-lrg`);
  await net.restart([]);
});
afterAll(() => net.close());

/** Each way to choose a slot, and each map but those of ranges. */
function every(family: 4 | 6, first: number): readonly ServiceDocument[] {
  const ways: readonly Partial<ServiceDocument>[] = [
    { slots: 1024, protocol: 'udp' },
    { slots: 4096, flowAffinity: false },
    { scheduler: 'source-hash', flowAffinity: false, protocol: 'udp' },
    { scheduler: 'round-robin' },
    { persistence: { timeoutSeconds: 60, prefixLength: 24 } },
  ];
  return ways.map((way, index) => {
    const number = first + index;
    const port = 1000 + number;
    const address = family === 4 ? {} : { address: VIP6 };
    return service(number, { servers: entries(number, family, [1, 3]), port, ...address, ...way });
  });
}

const all = [...every(4, 1), ...every(6, 300)];
const isBatch = ({ argv }: RunCommand): boolean => argv[0] === 'perl' && argv[1] === '-e';

/** By map, as nft lists them. */
async function listed(): Promise<Record<string, readonly string[]>> {
  const nft = new Nft({ run: (argv, options) => net.director.exec(argv, options) });
  const found: Record<string, readonly string[]> = {};
  for (const map of filledMaps(['eth0'])) {
    const elements = await nft.listElements(map);
    found[map] = elements.map(({ key, value }) => `${key} : ${value}`).sort();
  }
  return found;
}

describe('a large load', () => {
  it('makes the elements that nft makes of its text, to the last bit of their keys', async () => {
    net.commands.splice(0);
    expect(await net.put(...all)).toEqual([]);
    expect(net.commands.filter(isBatch)).toHaveLength(1);
    const told = await listed();
    const empty = Object.keys(told).filter((map) => told[map]?.length === 0);
    expect(empty.sort()).toEqual(['quotedranges4', 'quotedranges6', 'ranges4', 'ranges6']);
    expect(await net.engine.describe()).toMatchObject({ drift: { total: 0 } });

    // Text names them all: nft would not find a key of other bytes.
    expect(await net.remove(...all)).toEqual([]);
    expect(await net.engine.describe()).toMatchObject({ drift: { total: 0 } });
    expect(Object.values(await listed()).flat()).toEqual([]);

    net.sabotage = (command) => isBatch(command) && REFUSED;
    net.takeTransactions();
    expect(await net.put(...all)).toEqual([]);
    net.sabotage = undefined;
    expect(net.takeTransactions().join('')).toContain('add element netdev homeward slots');
    expect(await listed()).toEqual(told);
    await net.remove(...all);
  });

  it('that the kernel refuses is made without what nft complains of', async () => {
    const [one, ...others] = all;
    if (one === undefined) throw new Error('there is one');
    await net.put(one);
    const clashing = { ...one, number: 99, servers: entries(99, 4, [1, 1]) };
    expect(await net.put(clashing, ...others)).toEqual([expect.objectContaining({ key: '99' })]);
    expect((await listed())['services4']).toHaveLength(5);
  });
});
