/**
 * Brings the number of services to what a measurement wants, through the REST API as any portal would, and waits until
 * the fleet has answered and the engine holds all of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { hostsOf, SERVERS_PER_SERVICE, SERVICE_PORT, vipOf } from './addresses.js';
import type { Fleet } from './fleet.js';
import { readHeldServices } from './held-services.js';
import type { RestClient } from './rest-client.js';

const CALLS_AT_ONCE = 8;
/** Lets an agent answer for many VIPs in one report while thousands of services come in. */
const PACE_MS = 20_000;
const SETTLE_LIMIT_MS = 600_000;
const LOOK_EVERY_MS = 500;

export interface ServiceThere {
  readonly id: string;
  readonly address: string;
  readonly realServers: readonly { readonly id: string }[];
}

export interface Rig {
  readonly api: RestClient;
  readonly fleet: Fleet;
  /** Of the engine. */
  readonly stateDir: string;
  /** By index; the VIP follows from it. */
  readonly services: ServiceThere[];
}

export interface Populated {
  readonly createdPerSecond: number;
  /** From the last answer until the engine held everything. */
  readonly settledMs: number;
}

export function createService(api: RestClient, index: number): Promise<ServiceThere> {
  return api.call('POST', '/v1/virtual-services', {
    name: `service-${index}`,
    address: vipOf(index),
    port: SERVICE_PORT,
    protocol: 'tcp',
    drainSeconds: 0,
    realServers: hostsOf(index).map((address) => ({ address })),
  });
}

export async function populate(rig: Rig, count: number): Promise<Populated> {
  const began = performance.now();
  const first = rig.services.length;
  const isMany = count - first > CALLS_AT_ONCE;
  if (isMany) rig.fleet.pace(PACE_MS);
  let next = first;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      rig.services[index] = await createService(rig.api, index);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker));
  const createdPerSecond = ((count - first) / (performance.now() - began)) * 1000;
  if (isMany) rig.fleet.pace(0);
  const answered = performance.now();
  await settle(rig);
  return { createdPerSecond, settledMs: performance.now() - answered };
}

/** Resolves when the fleet has reported everything and the engine was handed every service with all its servers. */
export async function settle({ fleet, stateDir, services }: Rig): Promise<void> {
  const deadline = performance.now() + SETTLE_LIMIT_MS;
  const wanted = services.length * SERVERS_PER_SERVICE;
  for (;;) {
    const { vips, settled } = await fleet.state();
    const held = settled && vips === wanted ? await countHeldServers(stateDir) : 0;
    if (held === wanted) return;
    if (performance.now() > deadline) {
      throw new Error(`not settled: ${vips} VIPs of ${wanted} bound, ${held} servers in documents`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function countHeldServers(stateDir: string): Promise<number> {
  const { services } = await readHeldServices(stateDir);
  return [...services.values()].reduce((sum, { servers }) => sum + servers.length, 0);
}
