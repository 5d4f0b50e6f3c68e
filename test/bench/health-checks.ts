/**
 * What it takes to check 10,000 servers every 5 seconds: how much of a processor, and how late a question is asked. A hundred
 * hosts with a hundred VIPs each are one namespace; the services on them cost the machine as much again, which is not
 * counted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthQuestion } from '../../src/contract/documents.js';
import type { Ground } from '../../src/forwarding/ground.js';
import { ProbeNamespace } from '../../src/engine/health/probe-namespace.js';
import type { Check } from '../../src/engine/health/prober.js';
import { Segments } from '../../src/forwarding/segments.js';
import { startProgram } from '../../src/platform/command-runner.js';
import { createNetwork, type Host, type Network } from '../support/namespaces.js';
import { CheckedServer } from '../support/checked-server.js';
import { until } from '../support/until.js';

const HOSTS = 100;
const VIPS = 100;
const INTERVAL_MS = 5_000;
/** Two rounds. */
const COUNT_MS = 10_000;
const FIRST_ROUND_LIMIT_MS = 30_000;
const LOOK_MS = 100;
const KINDS = ['tcp', 'http'] as const;

export interface HealthPace {
  /** Of one processor, in per cent. */
  readonly cpuPercent: number;
  /** The longest that a question was late. */
  readonly latestMs: number;
  readonly askedPerSecond: number;
}

export async function measureHealthChecks(): Promise<Readonly<Record<string, HealthPace>>> {
  const network = await createNetwork({ prefix: 'health' });
  try {
    const director = await addHost(network, 'director', ['198.19.0.1/16']);
    const hosts = Array.from({ length: HOSTS }, (_, index) => `198.19.1.${index + 1}/16`);
    const servers = await addHost(network, 'servers', hosts);
    await silence(servers);
    await holdVips(servers, 'lo');
    await holdVips(director, 'eth0');
    await new CheckedServer(servers).start([
      { type: 'tcp', port: 80 },
      { type: 'http', port: 8080 },
    ]);
    const found: Record<string, HealthPace> = {};
    for (const kind of KINDS) found[kind] = await measureKind(director, kind);
    return found;
  } finally {
    await network.close();
  }
}

async function measureKind(director: Host, type: (typeof KINDS)[number]): Promise<HealthPace> {
  let healthy = 0;
  let last = 'nothing was heard';
  const probe = new ProbeNamespace(
    {
      commands: { run: (argv, options) => director.exec(argv, options) },
      start: (argv, options) => startProgram([...director.prefix, ...argv], options),
    },
    {
      onTurned: (turns) => {
        healthy += turns.filter((turn) => turn.healthy === true).length;
        last = turns.find((turn) => turn.healthy === false)?.message ?? last;
      },
      onTrouble: () => (last = probe.trouble ?? last),
    },
  );
  try {
    probe.standOn(groundOf());
    probe.put(checksOf(type));
    await until({
      what: 'a first answer of every server',
      limitMs: FIRST_ROUND_LIMIT_MS,
      look: async () => {
        await sleep(LOOK_MS);
        return healthy >= HOSTS * VIPS ? { found: true } : { missing: `${healthy} are healthy, ${last}` };
      },
    });
    await probe.pace();
    await sleep(COUNT_MS);
    const pace = await probe.pace();
    if (pace === undefined) throw new Error('the probe is gone');
    return {
      cpuPercent: Math.round((pace.cpuMs / COUNT_MS) * 100),
      latestMs: Math.round(pace.latestMs),
      askedPerSecond: Math.round((pace.asked / COUNT_MS) * 1_000),
    };
  } finally {
    await probe.stop();
  }
}

function groundOf(): Ground {
  const addresses = [{ address: '198.19.0.1', prefixLength: 16 }];
  const eth0 = { name: 'eth0', loopback: false, mac: '02:00:00:00:0a:01', addresses };
  return { seed: 1, devices: ['eth0'], segments: new Segments([eth0]) };
}

function checksOf(type: (typeof KINDS)[number]): readonly Check[] {
  const times = { intervalMs: INTERVAL_MS, timeoutMs: 2_000, rise: 2, fall: 3 };
  const http = { method: 'GET', path: '/', host: null, expectedStatus: 200 } as const;
  const question: HealthQuestion =
    type === 'tcp' ? { type, port: 80, ...times } : { type, port: 8080, ...times, http };
  return Array.from({ length: HOSTS * VIPS }, (_, index) => ({
    id: index + 1,
    address: `198.19.1.${(index % HOSTS) + 1}`,
    vip: vipOf(Math.floor(index / HOSTS)),
    question,
    healthy: null,
  }));
}

function addHost(network: Network, name: string, addresses: readonly string[]): Promise<Host> {
  const mac = `02:00:00:00:0a:0${name === 'director' ? 1 : 2}`;
  return network.addHost({ name, links: [{ bridge: 'lan', mac, addresses }] });
}

async function silence(servers: Host): Promise<void> {
  for (const key of ['all', 'default']) {
    await servers.sysctl(`net.ipv4.conf.${key}.arp_ignore`, 1);
    await servers.sysctl(`net.ipv4.conf.${key}.arp_announce`, 2);
  }
}

async function holdVips(host: Host, device: string): Promise<void> {
  const vips = Array.from({ length: VIPS }, (_, index) => `address add ${vipOf(index)}/32 dev ${device}`);
  await host.exec(['ip', '-batch', '-'], { input: `${vips.join('\n')}\n` });
}

function vipOf(index: number): string {
  return `198.18.7.${index + 1}`;
}
