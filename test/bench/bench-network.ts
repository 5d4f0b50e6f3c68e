/**
 * Builds the network, and plugs the namespace that the bench itself runs in into the management network.
 * The bench's own namespace also carries the bare table: a floor that went through `nsenter` would not be the floor.
 */
import { systemCommands } from '../../src/platform/command-runner.js';
import { createNetwork, type Host } from '../support/namespaces.js';
import {
  BENCH_ADDRESS,
  CONTROL_HOST,
  DIRECTOR_HOST,
  SERVERS_HOST,
  SINGLE_HOST,
  SOURCE_HOST,
} from './addresses.js';

const PREFIX = 'bench';

export interface BenchNetwork {
  readonly control: Host;
  readonly director: Host;
  readonly single: Host;
  readonly servers: Host;
  readonly source: Host;
}

/** `ip` keeps the names of namespaces below /run: those of the bench shall not be the machine's. Before all else. */
export async function hideRun(): Promise<void> {
  await systemCommands.run(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
}

export async function buildNetwork(): Promise<BenchNetwork> {
  const network = await createNetwork({ prefix: PREFIX });
  const built = {
    control: await network.addHost(CONTROL_HOST),
    director: await network.addHost(DIRECTOR_HOST),
    single: await network.addHost(SINGLE_HOST),
    servers: await network.addHost(SERVERS_HOST),
    source: await network.addHost(SOURCE_HOST),
  };
  await plugIn();
  return built;
}

async function plugIn(): Promise<void> {
  const port = 'bench';
  await ip([
    'link set lo up',
    // The bare table is bound to an interface of the same name as the director's.
    'link add eth0 type veth peer name eth0-peer',
    'link set eth0 up',
    `link add management type veth peer name ${port} netns ${PREFIX}-switch`,
    'link set management up',
    `address add ${BENCH_ADDRESS} dev management`,
  ]);
  await ip([`link set ${port} master management up`], ['-n', `${PREFIX}-switch`]);
}

async function ip(lines: readonly string[], options: readonly string[] = []): Promise<void> {
  await systemCommands.run(['ip', ...options, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}
