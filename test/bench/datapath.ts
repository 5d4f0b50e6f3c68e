/**
 * What a packet costs: through the engine's table with one service and with 10,000, beside plain kernel routing, and beside
 * nftlb's tables for Direct return with as many services as it takes in bounded time. All take turns within a round,
 * so that each is compared with neighbours of the same second.
 *
 * With flow affinity the packets are data of 1,024 established connections. Without: the table has no mode without
 * affinity, but remembers no reset of a connection that it does not know; such a packet is looked up in vain and then goes
 * by its slot alone. nftlb, in its hash mode, treats them as all others.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vipOf } from './addresses.js';
import { buildDatapath, type DatapathNetwork, type Forwarder } from './datapath-network.js';
import { arrivalOf, packetText, type Arrival } from './packet-source.js';

const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 15;
/** For all rounds, on a busy machine too; the whole takes less than three minutes. */
const ROUNDS_LIMIT_MS = 100_000;
const TIMES = { warmUpMs: 150, countMs: 500 } as const;
/** In the language of trafgen. */
const DATA = 'psh, ack';
const RESET = 'rst';

interface Way {
  readonly forwarder: Forwarder;
  readonly flags: string;
}

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
    for (const [name, { forwarder, flags }] of ways) {
      await writeFile(fileOf(name), packetText({ mac: forwarder.mac, vip: vipOf(0), flags }));
    }
    const files = ways.map(([name]) => [name, fileOf(name)] as const);
    await requireUnremembered(built, fileOf('without1'));
    const rounds: Record<string, Arrival>[] = [];
    const began = performance.now();
    const most = quick ? LEAST_ROUNDS : MOST_ROUNDS;
    const goesOn = () => rounds.length < most && performance.now() - began < ROUNDS_LIMIT_MS;
    for (let round = 0; round < LEAST_ROUNDS || goesOn(); round++) {
      rounds.push(await oneRound(built, round % 2 === 0 ? files : files.toReversed()));
    }
    return { rounds, nftlbServices: built.nftlb?.hashMany.services ?? null };
  } finally {
    await built.network.close();
    await rm(place, { recursive: true });
  }
}

function waysOf({ router, one, many, nftlb }: DatapathNetwork): Readonly<Record<string, Way>> {
  return {
    routing: { forwarder: router, flags: DATA },
    without1: { forwarder: one, flags: RESET },
    ...(nftlb && { hash1: { forwarder: nftlb.hash, flags: RESET } }),
    without10000: { forwarder: many, flags: RESET },
    ...(nftlb && { hashMany: { forwarder: nftlb.hashMany, flags: RESET } }),
    with1: { forwarder: one, flags: DATA },
    ...(nftlb && { persistence1: { forwarder: nftlb.persistence, flags: DATA } }),
    with10000: { forwarder: many, flags: DATA },
    ...(nftlb && { persistenceMany: { forwarder: nftlb.persistenceMany, flags: DATA } }),
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

/** Before any data: were resets remembered, they would not show what a packet costs that is not. */
async function requireUnremembered({ source, servers, one }: DatapathNetwork, file: string): Promise<void> {
  await arrivalOf(source, servers, file, TIMES);
  for (const map of ['flows4', 'pending4', 'claims4']) {
    const text = await one.host.exec(['nft', 'list', 'map', 'netdev', 'homeward', map]);
    if (text.includes('elements')) throw new Error(`resets left entries in ${map}`);
  }
}
