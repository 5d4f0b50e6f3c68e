/**
 * The service as the data plane shall have it: of its document what the health of its servers leaves. A server that is not
 * healthy leaves altogether, so that its flows are placed anew; a backup that stands by stays with no weight, so that the
 * flows that it has go on. Pure.
 */
import type { ServerEntry, ServiceDocument } from '../contract/documents.js';
import { leaveAfterMs, SLOW_START_STEPS, type CheckedService, type Standing } from './service-standing.js';

export interface Circumstances {
  readonly now: number;
  /** Nobody can check: what is not known then counts as healthy. */
  readonly blind: boolean;
}

export function effectiveServers(
  { servers, slowStartMs = 0 }: CheckedService,
  standing: Standing,
  { now, blind }: Circumstances,
): readonly ServerEntry[] {
  const used = servers.filter((server) => isUsed(server, standing, blind));
  const steps = new Map(used.map(({ number }) => [number, stepOf(number, standing, slowStartMs, now)]));
  const active = used.filter((server) => server.weight > 0 && !standsBy(server, standing));
  const isUneven = new Set(active.map(({ number }) => steps.get(number))).size > 1;
  return used.map((server) => {
    const times = standsBy(server, standing) ? 0 : isUneven ? (steps.get(server.number) ?? 1) : 1;
    return times === 1 || server.weight === 0 ? server : { ...server, weight: server.weight * times };
  });
}

function isUsed({ number }: ServerEntry, { health, kept }: Standing, blind: boolean): boolean {
  const healthy = health.get(number) ?? null;
  return healthy === true || kept.has(number) || (healthy === null && blind);
}

function standsBy({ backup }: ServerEntry, { joined }: Standing): boolean {
  return backup === true && !joined;
}

/**
 * How far its slow start is. While the servers are not equally far, each one's weight counts so many times: a tenth of a
 * weight of 1 would be none.
 */
function stepOf(number: number, { ramps }: Standing, slowStartMs: number, now: number): number {
  const since = ramps.get(number);
  if (since === undefined) return SLOW_START_STEPS;
  return Math.min(SLOW_START_STEPS, Math.floor(((now - since) * SLOW_START_STEPS) / slowStartMs) + 1);
}

/** When the passing of time alone changes something next. */
export function changesAt(
  { slowStartMs = 0, healthCheck }: CheckedService,
  { ramps, enoughSince }: Standing,
  now: number,
): number | undefined {
  const stepMs = slowStartMs / SLOW_START_STEPS;
  const steps = [...ramps.values()].map((since) => since + stepMs * (Math.floor((now - since) / stepMs) + 1));
  const times = enoughSince === undefined ? steps : [...steps, enoughSince + leaveAfterMs(healthCheck)];
  return times.length === 0 ? undefined : Math.min(...times);
}

type Known = CheckedService & Pick<ServiceDocument, 'address' | 'protocol' | 'port'>;

/** Whether all that is made of one would be made of the other. */
export function sameChecks(a: Known, b: Known): boolean {
  return (
    sameServers(a.servers, b.servers) &&
    a.servers.every(({ backup }, index) => backup === b.servers[index]?.backup) &&
    restOf(a) === restOf(b)
  );
}

function restOf({ address, protocol, port, healthCheck, slowStartMs, minHealthy }: Known): string {
  return JSON.stringify([address, protocol, port, healthCheck, slowStartMs, minHealthy]);
}

/** Whether the data plane would make the same of both. */
export function sameServers(a: readonly ServerEntry[], b: readonly ServerEntry[]): boolean {
  const fields = ['number', 'address', 'weight'] as const;
  return (
    a.length === b.length &&
    a.every((each, index) => fields.every((field) => each[field] === b[index]?.[field]))
  );
}
