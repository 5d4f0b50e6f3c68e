/** All that a step of the lab needs: the hosts, the programs in them, and what was found so far. */
import type { Capture } from './capture.js';
import type { ApiClient, VirtualService } from './api-client.js';
import type { Findings } from './findings.js';
import type { Family } from './frame.js';
import type { KernelState } from './kernel-state.js';
import type { Control } from './options.js';
import type { Roles } from './roles.js';
import { type Lab, REAL_SERVERS, SERVICE_PORT, VIP } from './topology.js';
import type { Traffic } from './traffic.js';
import type { Host } from '../support/namespaces.js';

export const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

export interface RunningLab {
  readonly hosts: Lab;
  readonly api: ApiClient;
  readonly roles: Roles;
  readonly client: Traffic;
  readonly router: Traffic;
  readonly control: Control | null;
  readonly findings: Findings;
  /** Of the whole run on the lan; null without `--endure`. */
  readonly watch: Capture | null;
  /** How an agent is started on this machine, the first time and again. */
  readonly agentEnvironment: (name: string) => Readonly<Record<string, string>>;
  /** By host name, before engine or agent was started; the director's rules with the engine's empty table. */
  readonly before: ReadonlyMap<string, KernelState>;
  /** Filled by step 1. */
  readonly services: Map<Family, VirtualService>;
}

export interface Step {
  readonly title: string;
  run(lab: RunningLab): Promise<void>;
}

export function serviceOf(lab: RunningLab, family: Family): VirtualService {
  const service = lab.services.get(family);
  if (service === undefined) throw new Error(`there is no ${family} service`);
  return service;
}

/** `http://192.0.2.200/`, with brackets around IPv6. */
export function urlOf(family: Family, path = '/'): string {
  return urlAt(VIP[family], path);
}

export function urlAt(address: string, path: string): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `http://${host}:${SERVICE_PORT}${path}`;
}

export function realServerHosts(lab: RunningLab): readonly Host[] {
  return REAL_SERVERS.map(({ name }) => realServerHost(lab, name));
}

export function realServerHost(lab: RunningLab, name: string): Host {
  const host = lab.hosts.realServers.get(name);
  if (host === undefined) throw new Error(`there is no real server ${name}`);
  return host;
}
