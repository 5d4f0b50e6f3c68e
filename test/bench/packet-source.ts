/**
 * Sends small TCP segments of 1,024 flows as fast as one processor can, and counts what arrives at the real servers. The
 * kernel forwards in the sender's own time, so that the sender's processor time is what its packets cost.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../support/namespaces.js';
import { until } from '../support/until.js';
import { SERVICE_PORT } from './addresses.js';

/** Flow entries and neighbours are made in here. */
const WARM_UP_MS = 400;
const COUNT_MS = 800;
const BEGIN_LIMIT_MS = 10_000;
/** More than any chatter on the lan. */
const ENOUGH = 1_000;
/** trafgen sends from a child that outlives it, and would disturb every round that follows. */
const DYING_TOGETHER = ['unshare', '--pid', '--fork', '--kill-child', '--'] as const;
/** Keeps other programs out of the figure. */
const PREFERRED = ['nice', '-n', '-20'] as const;

export interface PacketFlow {
  /** Who shall forward them. */
  readonly mac: string;
  readonly vip: string;
}

export interface Arrival {
  readonly perSecond: number;
  /** Processor time of each packet that arrived, from the sender to the real server. */
  readonly nanoseconds: number;
}

export interface SendTimes {
  readonly warmUpMs?: number;
  readonly countMs?: number;
}

/** Data, in the language of trafgen: 1,024 source ports take turns. */
export function packetText({ mac, vip }: PacketFlow): string {
  return `{
  eth(da=${mac}, sa=02:00:5e:01:00:14, type=0x800)
  ipv4(saddr=198.19.0.20, daddr=${vip}, ttl=64)
  tcp(sport=dinc(1024, 2047), dport=${SERVICE_PORT}, psh, ack)
  fill(0, 16)
}`;
}

/** @param file packets, in the language of trafgen. */
export async function arrivalOf(
  source: Host,
  servers: Host,
  file: string,
  { warmUpMs = WARM_UP_MS, countMs = COUNT_MS }: SendTimes = {},
): Promise<Arrival> {
  const trafgen = ['trafgen', '-o', 'eth0', '-c', file, '--cpus', '1', '-q'];
  const sender = source.spawn([...DYING_TOGETHER, ...PREFERRED, ...trafgen], { stdio: 'ignore' });
  const ended = once(sender, 'exit');
  await untilArriving(servers);
  await sleep(warmUpMs);
  const worker = await lastDescendant(sender.pid ?? 0);
  const [before, spent, began] = [await received(servers), await processorTimeOf(worker), performance.now()];
  await sleep(countMs);
  const [after, spentThen, now] = [await received(servers), await processorTimeOf(worker), performance.now()];
  sender.kill('SIGKILL');
  await ended;
  const packets = after - before;
  return {
    perSecond: (packets / (now - began)) * 1_000,
    nanoseconds: (spentThen - spent) / packets,
  };
}

async function received(servers: Host): Promise<number> {
  const [link] = JSON.parse(await servers.exec(['ip', '-j', '-s', 'link', 'show', 'eth0'])) as [
    { readonly stats64: { readonly rx: { readonly packets: number } } },
  ];
  return link.stats64.rx.packets;
}

/** On a busy machine the sender takes its time to begin. */
async function untilArriving(servers: Host): Promise<void> {
  const before = await received(servers);
  await until({
    what: 'packets at the real servers',
    limitMs: BEGIN_LIMIT_MS,
    look: async () => {
      const arrived = (await received(servers)) - before;
      return arrived > ENOUGH ? { found: true } : { missing: `${arrived} have arrived` };
    },
  });
}

/** trafgen's worker: each process on the way there has one child. */
async function lastDescendant(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const child = children.split(' ').find((each) => each !== '');
  return child === undefined ? pid : lastDescendant(Number(child));
}

/** Time on a processor, in nanoseconds; what interrupts do in it counts as well, and that is the forwarding. */
async function processorTimeOf(pid: number): Promise<number> {
  const [time] = (await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ');
  return Number(time);
}
