/** Services without flow affinity: nothing is remembered, and every packet goes by its slot. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../../src/contract/documents.js';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';

const COUNT = 20;
const FLOW_MAPS = ['flows', 'pending', 'claims', 'datagrams'];
type Weights = readonly [number | null, number | null];

let net: DirectorNetwork;

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-sta`);
  for (const vip of [VIP4, VIP6]) {
    for (const port of [80, 81]) await net.serve('tcp', vip, port);
    await net.serve('udp', vip, 53);
  }
  await net.restart([service(1, { servers: [] }), service(2, { address: VIP6, servers: [] })]);
  await net.vip6Usable();
});

afterAll(() => net.close());

describe.each([4, 6] as const)('over IPv%i, without flow affinity', (family) => {
  const address = family === 4 ? VIP4 : VIP6;
  const web = (weights: Weights, changes: Partial<ServiceDocument> = {}) =>
    service(family, { address, flowAffinity: false, servers: entries(family, family, weights), ...changes });
  const dns = (weights: Weights) =>
    service(family + 10, {
      address,
      protocol: 'udp',
      port: 53,
      flowAffinity: false,
      servers: entries(family + 10, family, weights),
    });
  const visit = (localPort: number) => net.client.visit({ address, port: 80, localPort });
  const ask = async (localPort: number, octets?: number) =>
    (await net.client.ask({ address, port: 53, localPort, ...(octets && { octets }) })).server;

  beforeEach(async () => {
    await net.restart([web([1000, 1000]), dns([1000, 1000])]);
    await forget();
  });

  it('connections and datagrams are spread over the servers, and nothing is remembered of them', async () => {
    const open = [];
    for (let port = 24_000; port < 24_000 + COUNT; port++) {
      const connection = await net.client.connect({ address, port: 80, localPort: port });
      expect(await connection.say('hello')).toBe(`${connection.server} hello`);
      open.push(connection);
    }
    const asked = [];
    for (let port = 24_100; port < 24_100 + COUNT; port++) asked.push(await ask(port));
    for (const servers of [open.map(({ server }) => server), asked]) {
      expect(new Set(servers)).toEqual(new Set(['one', 'two']));
    }
    for (const map of FLOW_MAPS) expect(await elements(`${map}${family}`)).toBe('');
    for (const connection of open) await connection.close();
  });

  it('packets go where the director says that they go, also on the long way', async () => {
    const servers = new Map<number, string>();
    for (let port = 24_200; port < 24_200 + COUNT; port++) servers.set(port, await visit(port));
    for (const [port, server] of servers) expect(await routed(port)).toBe(server);
    // Without the short way the service is found, and then its slot; still nothing is remembered.
    await net.director.exec(['nft', `flush map netdev homeward straight${family}`]);
    for (const port of servers.keys()) expect(await visit(port + 1_000)).toBe(await routed(port + 1_000));
    for (const map of FLOW_MAPS) expect(await elements(`${map}${family}`)).toBe('');
  });

  it('the short way is one of its own: slots of the long way are not asked', async () => {
    await net.director.exec(['nft', 'flush map netdev homeward slots']);
    await visit(24_300);
    const { flowAffinity: _, ...remembering } = web([1000, 1000]);
    await net.put(remembering);
    await net.director.exec(['nft', 'flush map netdev homeward slots']);
    await expect(visit(24_301)).rejects.toThrow('no answer in time');
    await net.director.exec(['nft', 'flush ruleset']);
  });

  it('a connection breaks when its slot moves, and one with affinity beside it does not', async () => {
    const beside = (weights: Weights) =>
      service(family + 20, { address, port: 81, servers: entries(family + 20, family, weights) });
    await net.put(web([1000, null]), beside([1000, null]));
    const stateless = await net.client.connect({ address, port: 80 });
    const remembered = await net.client.connect({ address, port: 81 });
    for (const each of [stateless, remembered]) await each.say('hello');
    await net.put(web([null, 1000]), beside([0, 1000]));
    expect(await remembered.say('still')).toBe('one still');
    await expect(stateless.say('still')).rejects.toThrow();
    await remembered.close();
  });

  it('datagrams in fragments arrive whole', async () => {
    const servers = new Set<string>();
    for (let port = 24_400; port < 24_400 + COUNT; port++) servers.add(await ask(port, 4_000));
    expect(servers).toEqual(new Set(['one', 'two']));
  });

  it('source-hash sends all of a client to one server', async () => {
    await net.put(web([1000, 1000], { scheduler: 'source-hash' }));
    const servers = new Set<string>();
    for (let port = 24_500; port < 24_500 + COUNT; port++) servers.add(await visit(port));
    expect(servers.size).toBe(1);
    expect(servers).toEqual(new Set([await routed(24_500)]));
  });

  async function routed(sourcePort: number): Promise<string> {
    const source = family === 4 ? '198.51.100.10' : '2001:db8:1::10';
    const told = await net.engine.answer(
      { kind: 'route', service: `${family}`, source, sourcePort },
      new AbortController().signal,
    );
    return told.kind === 'route' && told.server === family * 10 + 1 ? 'one' : 'two';
  }

  async function forget(): Promise<void> {
    const text = FLOW_MAPS.map((map) => `flush map netdev homeward ${map}${family}`).join('; ');
    await net.director.exec(['nft', text]);
  }
});

async function elements(map: string): Promise<string> {
  const listed = await net.director.exec(['nft', 'list', 'map', 'netdev', 'homeward', map]);
  return /elements = \{([^}]*)\}/.exec(listed)?.[1] ?? '';
}
