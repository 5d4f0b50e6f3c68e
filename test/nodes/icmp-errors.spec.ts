/** Errors of routers about answers from a VIP, which must come to the server that gave the answer. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VIP4, VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';
import { PacketCounter } from '../support/packet-counter.js';

const SEND = fileURLToPath(new URL('../support/send-icmp-errors.pl', import.meta.url));
const ERRORS = 100;
/** Less than what the errors of the other tests tell. */
const MTU_BEYOND_ROUTER = 1_280;
/** More than one packet of the size that hosts begin with. */
const LONG = 'x'.repeat(4_000);
const TCP = 6;
const UDP = 17;
/** An IPv4 header of 24 octets. */
const WITH_OPTIONS = 0x46;

interface Sample {
  readonly family: 4 | 6;
  readonly vip: string;
  readonly client: string;
  readonly protocolName: string;
  /** Type and code; that of a packet which is too big comes first. */
  readonly kinds: readonly (readonly [string, number, number])[];
  /** Where the client's port lies in the error. */
  readonly portBits: string;
}

const FOUR: Sample = {
  family: 4,
  vip: VIP4,
  client: '198.51.100.10',
  protocolName: 'icmp',
  kinds: [
    ['fragmentation needed', 3, 4],
    ['host unreachable', 3, 1],
    ['time exceeded', 11, 0],
  ],
  portBits: '@th,240,16',
};
const SIX: Sample = {
  family: 6,
  vip: VIP6,
  client: '2001:db8:1::10',
  protocolName: 'icmpv6',
  kinds: [
    ['packet too big', 2, 0],
    ['no route', 1, 0],
    ['time exceeded', 3, 0],
  ],
  portBits: '@th,400,16',
};

let net: DirectorNetwork;

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-icm`);
  for (const vip of [VIP4, VIP6]) {
    await net.serve('tcp', vip, 80);
    await net.serve('tcp', vip, 8005);
    await net.serve('udp', vip, 53);
  }
});

afterAll(() => net.close());

describe.each([FOUR, SIX])('over IPv$family, an error about an answer', (sample) => {
  const { family, vip } = sample;
  const weighted = (...weights: [number | null, number | null]) => [
    service(family, { address: vip, servers: entries(family, family, weights) }),
    service(family + 10, {
      address: vip,
      port: 8000,
      endPort: 8009,
      servers: entries(family + 10, family, weights),
    }),
    service(family + 20, {
      address: vip,
      protocol: 'udp',
      port: 53,
      servers: entries(family + 20, family, weights),
    }),
  ];

  beforeEach(async () => {
    await net.director.exec(['nft', 'flush', 'ruleset']);
    expect(await net.restart(weighted(1000, 1000))).toEqual([]);
    await net.vip6Usable();
  });

  it.each(sample.kinds)('(%s) reaches the server that has the flow', async (name, type, code) => {
    const first = 22_000 + 1_000 * sample.kinds.findIndex(([each]) => each === name);
    const port = name === 'time exceeded' ? 8005 : 80;
    const owners = await connect(sample, first, port);
    // Where the slots are now says nothing about these flows.
    await net.put(...weighted(1, 65_535));
    const arrivals = await Arrivals.watch(sample, owners);
    await send(sample, { type, code, protocol: TCP, port, first });
    expect(await arrivals.read()).toEqual(arrivals.expected);
    expect(new Set(owners.values()).size).toBe(2);
  });

  it('about a datagram finds the flow, and without one the slot', async () => {
    const [[, type, code]] = sample.kinds as [Sample['kinds'][number]];
    const first = 28_000;
    const owners = new Map<number, string>();
    for (let port = first; port < first + ERRORS; port++) {
      owners.set(port, (await net.client.ask({ address: vip, port: 53, localPort: port })).server);
    }
    const error = { type, code, protocol: UDP, port: 53, first };
    const arrivals = await Arrivals.watch(sample, owners);
    await net.director.exec(['nft', `flush map netdev homeward datagrams${family}`]);
    await send(sample, error);
    expect(await arrivals.read()).toEqual(arrivals.expected);
  });

  it('about a port of no service, or one that shows no port, stays with the host', async () => {
    const [[, type, code]] = sample.kinds as [Sample['kinds'][number]];
    const out = await PacketCounter.attach(net.director, 'egress', [
      `meta l4proto ${l4(sample)} ${family === 4 ? 'ip' : 'ip6'} daddr ${vip}`,
    ]);
    const error = { type, code, protocol: TCP, port: 80, first: 29_000 };
    await send(sample, { ...error, port: 81 });
    await send(sample, { ...error, protocol: 132 });
    if (family === 4) await send(sample, { ...error, begins: WITH_OPTIONS });
    expect(await out.read()).toEqual([0]);
    await send(sample, error);
    expect(await out.read()).toEqual([ERRORS]);
  });

  it('is what large answers need on a path of smaller packets', async () => {
    await net.router.exec(['ip', 'link', 'set', 'eth0', 'mtu', `${MTU_BEYOND_ROUTER}`]);
    try {
      await net.director.exec(['nft', `flush chain netdev homeward error${family}`]);
      await expect(longAnswer(vip)).rejects.toThrow('no answer in time');
      await net.restart();
      expect(await longAnswer(vip)).toBeGreaterThan(MTU_BEYOND_ROUTER / 2);
    } finally {
      await net.router.exec(['ip', 'link', 'set', 'eth0', 'mtu', '1500']);
    }
  });
});

/** Characters in what of it comes first. */
async function longAnswer(address: string): Promise<number> {
  const connection = await net.client.connect({ address, port: 80 });
  try {
    return (await connection.say(LONG)).length;
  } finally {
    await connection.reset();
  }
}

/** One connection from each of the ports; which server each came to. */
async function connect({ vip }: Sample, first: number, port: number): Promise<ReadonlyMap<number, string>> {
  const owners = new Map<number, string>();
  for (let localPort = first; localPort < first + ERRORS; localPort++) {
    owners.set(localPort, (await net.client.connect({ address: vip, port, localPort })).server);
  }
  return owners;
}

interface ErrorWanted {
  readonly type: number;
  readonly code: number;
  readonly protocol: number;
  readonly port: number;
  readonly first: number;
  readonly begins?: number;
}

async function send({ vip, client }: Sample, wanted: ErrorWanted): Promise<void> {
  const { type, code, protocol, port, first, begins } = wanted;
  const numbers = begins === undefined ? [] : [begins];
  await net.router.exec([
    'perl',
    SEND,
    ...([vip, type, code, protocol, port, vip, client, first, ERRORS, ...numbers].map(String) as [string]),
  ]);
}

function l4({ protocolName }: Sample): string {
  return protocolName === 'icmp' ? 'icmp' : 'ipv6-icmp';
}

/** What comes to each server: of its own flows, and of others. */
class Arrivals {
  private constructor(
    private readonly counters: readonly PacketCounter[],
    readonly expected: readonly (readonly number[])[],
  ) {}

  static async watch(sample: Sample, owners: ReadonlyMap<number, string>): Promise<Arrivals> {
    const counters = [];
    const expected = [];
    for (const [index, host] of net.servers.entries()) {
      const name = index === 0 ? 'one' : 'two';
      const own = [...owners].filter(([, owner]) => owner === name).map(([port]) => port);
      const ports = `${sample.portBits} { ${own.join(', ')} }`;
      counters.push(
        await PacketCounter.attach(host, 'ingress', [
          `meta l4proto ${l4(sample)} ${ports}`,
          `meta l4proto ${l4(sample)} ${sample.portBits} 20000-32000`,
        ]),
      );
      expected.push([own.length, own.length]);
    }
    return new Arrivals(counters, expected);
  }

  async read(): Promise<readonly (readonly number[])[]> {
    const found = [];
    for (const counter of this.counters) found.push(await counter.read());
    return found;
  }
}
