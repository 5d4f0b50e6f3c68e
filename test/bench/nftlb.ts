/**
 * nftlb, as Debian has it, in its mode for Direct return: told of services over its API, and ended when its rules are in the
 * kernel. It finds the interface by the VIP on it and the servers' Ethernet addresses in the neighbour table, and says
 * "success" whatever becomes of a service; so what counts is what the kernel has afterwards.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { stopProcess, type Host } from '../support/namespaces.js';
import { until } from '../support/until.js';
import { hostsOf, SERVICE_PORT, vipOf } from './addresses.js';

const KEY = 'bench';
const URL = 'http://127.0.0.1:5555/farms';
const SERVERS_MAC = '02:00:5e:01:00:64';
const UP_LIMIT_MS = 5_000;

export interface Filling {
  /** With a map of flows, as `persistence` makes it; else the hash alone decides. */
  readonly persistent: boolean;
  readonly most: number;
  readonly limitMs: number;
}

/** @param folder where its package and the libraries that it needs were unpacked. */
export async function nftlbIsThere(folder: string): Promise<boolean> {
  return access(programIn(folder)).then(
    () => true,
    () => false,
  );
}

/** @returns how many services it took in the time. */
export async function fillByNftlb(host: Host, folder: string, filling: Filling): Promise<number> {
  await makeKnown(host, filling.most);
  const env = { LD_LIBRARY_PATH: join(folder, 'usr/lib', triplet()) };
  const program = host.spawn([programIn(folder), '-k', KEY, '-H', '127.0.0.1', '-l', '3', '-L', '1'], {
    env,
    stdio: 'ignore',
  });
  try {
    await untilUp(host);
    await addServices(host, filling);
  } finally {
    await stopProcess(program);
  }
  const text = await host.exec(['nft', 'list', 'table', 'netdev', 'nftlb']);
  return text.match(/^\tchain f\d+ \{/gm)?.length ?? 0;
}

async function makeKnown(host: Host, services: number): Promise<void> {
  // Of the first service alone: with a hundred neighbours it drops servers without a word.
  const neighbours = hostsOf(0).map(
    (address) => `neigh replace ${address} lladdr ${SERVERS_MAC} dev eth0 nud permanent`,
  );
  const vips = Array.from({ length: services }, (_, index) => `address add ${vipOf(index)}/32 dev eth0`);
  await host.exec(['ip', '-batch', '-'], { input: `${[...neighbours, ...vips].join('\n')}\n` });
}

async function untilUp(host: Host): Promise<void> {
  await until({
    what: 'nftlb',
    limitMs: UP_LIMIT_MS,
    look: () =>
      ask(host).then(
        () => ({ found: true }),
        (error: Error) => ({ missing: error.message }),
      ),
  });
}

async function addServices(host: Host, { persistent, most, limitMs }: Filling): Promise<void> {
  const began = performance.now();
  for (let index = 0; index < most && performance.now() - began < limitMs; index++) {
    await ask(host, JSON.stringify({ farms: [farm(index, persistent)] }));
  }
}

/** Its own words for a service and its servers. */
function farm(index: number, persistent: boolean): object {
  const flow = 'srcip srcport';
  return {
    name: `f${index}`,
    family: 'ipv4',
    'virtual-addr': vipOf(index),
    'virtual-ports': `${SERVICE_PORT}`,
    mode: 'dsr',
    protocol: 'tcp',
    scheduler: 'hash',
    'sched-param': flow,
    ...(persistent && { persistence: flow, 'persist-ttl': '60' }),
    state: 'up',
    backends: hostsOf(0).map((address, at) => ({
      name: `b${at}`,
      'ip-addr': address,
      weight: '1',
      state: 'up',
    })),
  };
}

async function ask(host: Host, body?: string): Promise<void> {
  const send = body === undefined ? [] : ['-X', 'POST', '-d', '@-'];
  await host.exec(['curl', '-sS', '--fail', '-H', `Key: ${KEY}`, ...send, URL], { input: body ?? '' });
}

function programIn(folder: string): string {
  return join(folder, 'usr/sbin/nftlb');
}

function triplet(): string {
  return process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
}
