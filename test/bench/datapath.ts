/**
 * What a packet costs: through the engine's table with one service and with 10,000, beside plain kernel routing, and beside
 * nftlb's tables for Direct return with as many services as it takes in bounded time. All take turns within a round,
 * so that each is compared with neighbours of the same second.
 *
 * The packets are data of 1,024 established connections. With flow affinity the director has found each of them in its
 * flows, as nftlb has in its map of persistence; without, neither remembers anything.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vipOf } from './addresses.js';
import { buildDatapath, type DatapathNetwork, type Forwarder } from './datapath-network.js';
import { readElements } from '../../src/engine/drivers/nftables/element-reader.js';
import { arrivalOf, packetText, type Arrival } from './packet-source.js';

/** As many source ports as packetText takes. */
const CONNECTIONS = 1_024;
const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 15;
/** For all rounds, on a busy machine too; the whole takes less than three minutes. */
const ROUNDS_LIMIT_MS = 100_000;
const TIMES = { warmUpMs: 150, countMs: 500 } as const;
/** By name of the way: an arrival of each round. */
export interface Datapath {
  readonly rounds: readonly Readonly<Record<string, Arrival>>[];
  /** How many services nftlb took; null where it is not there. */
  readonly nftlbServices: number | null;
}

export async function measureDatapath(
  directory: string,
  nftlbFolder: string,
  quick: boolean,
): Promise<Datapath> {
  const place = await mkdtemp(join(directory, 'datapath-'));
  const built = await buildDatapath(nftlbFolder);
  try {
    const ways = Object.entries(waysOf(built));
    const fileOf = (name: string) => join(place, `${name}.packets`);
    for (const [name, { mac }] of ways) {
      await writeFile(fileOf(name), packetText({ mac, vip: vipOf(0) }));
    }
    const files = ways.map(([name]) => [name, fileOf(name)] as const);
    const rounds: Record<string, Arrival>[] = [];
    const began = performance.now();
    const most = quick ? LEAST_ROUNDS : MOST_ROUNDS;
    const goesOn = () => rounds.length < most && performance.now() - began < ROUNDS_LIMIT_MS;
    for (let round = 0; round < LEAST_ROUNDS || goesOn(); round++) {
      rounds.push(await oneRound(built, round % 2 === 0 ? files : files.toReversed()));
    }
    await requireRemembered(built);
    return { rounds, nftlbServices: built.nftlb?.hashMany.services ?? null };
  } finally {
    await built.network.close();
    await rm(place, { recursive: true });
  }
}

function waysOf(network: DatapathNetwork): Readonly<Record<string, Forwarder>> {
  const { router, one, many, oneStateless, manyStateless, nftlb } = network;
  return {
    routing: router,
    without1: oneStateless,
    ...(nftlb && { hash1: nftlb.hash }),
    without10000: manyStateless,
    ...(nftlb && { hashMany: nftlb.hashMany }),
    with1: one,
    ...(nftlb && { persistence1: nftlb.persistence }),
    with10000: many,
    ...(nftlb && { persistenceMany: nftlb.persistenceMany }),
  };
}

/** Forth in one round, back in the next: a drift of the machine favours nobody. */
async function oneRound(
  { source, servers }: DatapathNetwork,
  files: readonly (readonly [name: string, file: string])[],
): Promise<Record<string, Arrival>> {
  const arrivals: Record<string, Arrival> = {};
  for (const [name, file] of files) {
    arrivals[name] = await arrivalOf(source, servers, file, TIMES);
  }
  return arrivals;
}

/** Every connection with flow affinity, and none without: else the figures tell of something else. */
async function requireRemembered({ one, many, oneStateless, manyStateless }: DatapathNetwork): Promise<void> {
  for (const [{ host }, connections] of [
    [one, CONNECTIONS],
    [many, CONNECTIONS],
    [oneStateless, 0],
    [manyStateless, 0],
  ] as const) {
    const { counts } = await readElements({ run: host.exec.bind(host) }, [`tally flows4`], 2);
    const remembered = counts.reduce((sum, { count }) => sum + count, 0);
    if (remembered !== connections)
      throw new Error(`${remembered} connections are remembered, not ${connections}`);
  }
}
