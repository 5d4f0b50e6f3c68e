/**
 * Packets per second through a table of one service and one of all, on two hosts of the same network. The packets are
 * small TCP segments of 1,024 established flows; what arrives at the real servers is counted there.
 * The two take turns for seconds at a time: on a busy machine a figure alone says little, a ratio of neighbours does.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIRECTOR_MAC, SINGLE_MAC, vipOf } from './addresses.js';
import type { BenchNetwork } from './bench-network.js';
import { arrivalOf, packetText } from './packet-source.js';
import { percentile } from './percentiles.js';

const ROUNDS = 15;
const VIPS_WHEN_SPREAD = 2_000;

export interface PacketRates {
  /** Medians of the rounds. */
  readonly single: number;
  readonly all: number;
  /** The same, with the packets spread over many VIPs instead of one. */
  readonly allSpread: number;
  /** Median of the ratios of neighbouring measurements, all to single. */
  readonly ratio: number;
}

export async function measurePacketRates(
  network: BenchNetwork,
  present: number,
  directory: string,
): Promise<PacketRates> {
  const spread = Array.from({ length: Math.min(present, VIPS_WHEN_SPREAD) }, (_, index) =>
    vipOf(Math.floor((index * present) / Math.min(present, VIPS_WHEN_SPREAD))),
  );
  const send = async (name: string, mac: string, vips: readonly string[]): Promise<number> => {
    const file = join(directory, `${name}.packets`);
    await writeFile(file, vips.map((vip) => packetText({ mac, vip })).join('\n'));
    return (await arrivalOf(network.source, network.servers, file)).perSecond;
  };
  const rounds: { single: number; all: number; allSpread: number }[] = [];
  const sendSingle = () => send('single', SINGLE_MAC, [vipOf(0)]);
  for (let round = 0; round < ROUNDS; round++) {
    // Before in one round, behind in the next: a drift of the machine favours neither.
    const before = round % 2 === 0 ? await sendSingle() : undefined;
    const all = await send('all', DIRECTOR_MAC, [vipOf(0)]);
    const single = before ?? (await sendSingle());
    const allSpread = await send('spread', DIRECTOR_MAC, spread);
    rounds.push({ single, all, allSpread });
  }
  const median = (values: readonly number[]): number => percentile(values, 50);
  return {
    single: Math.round(median(rounds.map(({ single }) => single))),
    all: Math.round(median(rounds.map(({ all }) => all))),
    allSpread: Math.round(median(rounds.map(({ allSpread }) => allSpread))),
    ratio: median(rounds.map(({ single, all }) => all / single)),
  };
}
