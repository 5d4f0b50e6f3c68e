/**
 * Packets per second through a table of one service and one of all, on two hosts of the same network. The packets are
 * small TCP segments of 1,024 established flows; what arrives at the real servers is counted there.
 * The two take turns for seconds at a time: on a busy machine a figure alone says little, a ratio of neighbours does.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../support/namespaces.js';
import { DIRECTOR_MAC, SERVICE_PORT, SINGLE_MAC, vipOf } from './addresses.js';
import type { BenchNetwork } from './bench-network.js';
import { percentile } from './percentiles.js';

const ROUNDS = 15;
/** Flow entries and neighbours are made in here. */
const WARM_UP_MS = 400;
const COUNT_MS = 800;
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
    await writeFile(file, vips.map((vip) => packetText(mac, vip)).join('\n'));
    return rate(network.source, network.servers, file);
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

/** trafgen sends from a child that outlives it, and would disturb every round that follows. */
const DYING_TOGETHER = ['unshare', '--pid', '--fork', '--kill-child', '--'] as const;
/** The kernel forwards in the sender's own time slice, so its priority keeps other programs out of the figure. */
const PREFERRED = ['nice', '-n', '-20'] as const;

function trafgen(file: string): readonly string[] {
  return ['trafgen', '-o', 'eth0', '-c', file, '--cpus', '1', '-q'];
}

async function rate(source: Host, servers: Host, file: string): Promise<number> {
  const sender = source.spawn([...DYING_TOGETHER, ...PREFERRED, ...trafgen(file)], { stdio: 'ignore' });
  const ended = once(sender, 'exit');
  await sleep(WARM_UP_MS);
  const [before, began] = [await received(servers), performance.now()];
  await sleep(COUNT_MS);
  const [after, now] = [await received(servers), performance.now()];
  sender.kill('SIGKILL');
  await ended;
  return ((after - before) / (now - began)) * 1000;
}

async function received(servers: Host): Promise<number> {
  const [link] = JSON.parse(await servers.exec(['ip', '-j', '-s', 'link', 'show', 'eth0'])) as [
    { readonly stats64: { readonly rx: { readonly packets: number } } },
  ];
  return link.stats64.rx.packets;
}

/** In the language of trafgen: 1,024 source ports take turns. */
function packetText(mac: string, vip: string): string {
  return `{
  eth(da=${mac}, sa=02:00:5e:01:00:14, type=0x800)
  ipv4(saddr=198.19.0.20, daddr=${vip}, ttl=64)
  tcp(sport=dinc(1024, 2047), dport=${SERVICE_PORT}, psh, ack)
  fill(0, 16)
}`;
}
