/**
 * Builds the network and starts everything in it the way an operator would: the API first, then a join token for each
 * node, then the nodes with their tokens. What each kernel was like is written down before its role starts.
 */
import { join } from 'node:path';
import { Capture } from './capture.js';
import { ApiClient, type Node } from './api-client.js';
import type { Findings } from './findings.js';
import { readKernel, type KernelState } from './kernel-state.js';
import type { Control } from './options.js';
import { milliseconds, progress, seconds } from './progress.js';
import { Roles } from './roles.js';
import type { RunningLab } from './running-lab.js';
import type { InsideSettings } from './sandbox-messages.js';
import {
  buildLab,
  tapLan,
  CONTROL,
  DIRECTOR,
  LAN,
  REAL_SERVERS,
  SERVICE_PORT,
  type Lab,
  type Machine,
} from './topology.js';
import { Traffic } from './traffic.js';
import { until } from '../support/until.js';
import type { Host } from '../support/namespaces.js';

/** A new database is made and migrated first. */
const API_LIMIT_MS = 60_000;
const JOIN_LIMIT_MS = 20_000;
const API_URL = `http://${CONTROL.address}:${CONTROL.port}`;

interface NodeOnHost {
  readonly machine: Machine;
  readonly host: Host;
  /** Name of the program, for its log. */
  readonly program: string;
  readonly role: 'director' | 'agent';
}

export async function setUp(roles: Roles, settings: InsideSettings, findings: Findings): Promise<RunningLab> {
  const began = performance.now();
  const hosts = await buildLab();
  progress.seen('client, router, director and two real servers, joined by bridges', milliseconds(began));
  const watch = settings.endure ? await Capture.start(await tapLan(hosts), 'lan', 'neighbours') : null;
  const api = await startApi(roles, hosts, settings);
  const nodes = nodesOf(hosts);
  const before = await readKernels(nodes);
  await joinNodes(api, roles, nodes, settings.directory);
  await noteEmptyTable(before, hosts.director);
  await startWebServers(roles, hosts);
  progress.seen(`a web server on port ${SERVICE_PORT} of each real server`);
  const traffic = { client: new Traffic(hosts.client), router: new Traffic(hosts.router) };
  const control = settings.control as Control | null;
  const agentEnvironment = (name: string) => nodeEnvironment(settings.directory, name);
  const services = new Map();
  return { hosts, api, roles, ...traffic, control, findings, before, watch, agentEnvironment, services };
}

async function startApi(roles: Roles, hosts: Lab, settings: InsideSettings): Promise<ApiClient> {
  const began = performance.now();
  roles.start('api', hosts.control, 'api', {
    PORT: `${CONTROL.port}`,
    HOMEWARD_HOST: CONTROL.address,
    HOMEWARD_ADMIN_TOKEN: settings.token,
    HOMEWARD_DATA_DIR: join(settings.directory, 'data'),
  });
  const program = new URL('./relay-program.js', import.meta.url);
  await roles.serve('relay', hosts.control, program, [
    settings.socketPath,
    CONTROL.address,
    `${CONTROL.port}`,
  ]);
  const api = new ApiClient(settings.socketPath, settings.token);
  await until({
    what: 'the API',
    limitMs: API_LIMIT_MS,
    look: async () =>
      (await api.isReady()) ? { found: true } : { missing: 'GET /readyz does not say ready' },
  });
  progress.seen('the API on an embedded PostgreSQL', seconds(began));
  return api;
}

function nodesOf(hosts: Lab): readonly NodeOnHost[] {
  const director = { machine: DIRECTOR, host: hosts.director, program: 'engine', role: 'director' } as const;
  const agents = REAL_SERVERS.flatMap((machine) => {
    const host = hosts.realServers.get(machine.name);
    return host === undefined
      ? []
      : [{ machine, host, program: `agent-${machine.name}`, role: 'agent' } as const];
  });
  return [director, ...agents];
}

async function joinNodes(
  api: ApiClient,
  roles: Roles,
  nodes: readonly NodeOnHost[],
  directory: string,
): Promise<void> {
  const began = performance.now();
  for (const node of nodes) await startNode(api, roles, node, directory);
  await until({
    what: 'the nodes to join',
    limitMs: JOIN_LIMIT_MS,
    look: async () => {
      const { items } = await api.get<{ items: readonly Node[] }>('/v1/nodes');
      const absent = items.filter((node) => !isInOrder(node)).map((node) => node.name);
      if (absent.length === 0) return { found: true };
      return { missing: `${absent.join(' and ')} did not report what is in force` };
    },
  });
  progress.seen('`homeward engine` and two `homeward agent`, joined by one-time tokens', milliseconds(began));
}

function isInOrder({ state, revisionInForce }: Node): boolean {
  return state === 'connected' && revisionInForce !== null;
}

async function startNode(api: ApiClient, roles: Roles, node: NodeOnHost, directory: string): Promise<void> {
  const { name, ipv4, ipv6 } = node.machine;
  const body = { name, role: node.role, addresses: [ipv4, ipv6] };
  const { joinToken } = await api.post<{ joinToken: string }>('/v1/nodes', body);
  roles.start(node.program, node.host, node.role === 'director' ? 'engine' : 'agent', {
    ...nodeEnvironment(directory, name),
    HOMEWARD_JOIN_TOKEN: joinToken,
    ...(node.role === 'director' && { HOMEWARD_INTERFACE: LAN }),
  });
}

function nodeEnvironment(directory: string, name: string): Record<string, string> {
  const state = join(directory, 'state', name);
  return {
    HOMEWARD_API_URL: API_URL,
    HOMEWARD_STATE_DIR: state,
    HOMEWARD_SYSCTL_DIR: join(state, 'sysctl.d'),
    HOMEWARD_RUN_DIR: join(state, 'run'),
  };
}

async function startWebServers(roles: Roles, hosts: Lab): Promise<void> {
  await Promise.all([...hosts.realServers].map(([name, host]) => startWebServer(roles, name, host)));
}

export function startWebServer(roles: Roles, name: string, host: Host): Promise<void> {
  const program = new URL('./web-server.js', import.meta.url);
  return roles.serve(`web-${name}`, host, program, [name, `${SERVICE_PORT}`]);
}

/** The engine keeps a table, however empty, for as long as it runs. */
async function noteEmptyTable(before: Map<string, KernelState>, director: Host): Promise<void> {
  const now = await readKernel(director);
  before.set(DIRECTOR.name, { ...now, ...before.get(DIRECTOR.name), rules: now.rules });
}

async function readKernels(nodes: readonly NodeOnHost[]): Promise<Map<string, KernelState>> {
  const read = nodes.map(async ({ machine, host }) => [machine.name, await readKernel(host)] as const);
  return new Map(await Promise.all(read));
}
