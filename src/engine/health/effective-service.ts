/**
 * The service as the data plane shall have it: of its document what the health of its servers leaves. A server that is not
 * healthy leaves altogether, so that its flows are placed anew; a backup that stands by stays with no weight, so that the
 * flows that it has go on. Pure.
 */
import type { ServerEntry, ServiceDocument } from '../../contract/documents.js';
import { leaveAfterMs, type CheckedService, type Standing } from './service-standing.js';

/**
 * A slow start goes in so many steps: each is a change of the kernel's table. While one goes on, all weights are so many
 * times what they are, for a tenth of a weight of 1 is none.
 */
const STEPS = 10;

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
  return servers.flatMap((server) => {
    if (!isUsed(server, standing, blind)) return [];
    const weight = weightOf(server, standing, slowStartMs, now);
    return [weight === server.weight ? server : { ...server, weight }];
  });
}

function isUsed({ number }: ServerEntry, { health, kept }: Standing, blind: boolean): boolean {
  const healthy = health.get(number) ?? null;
  return healthy === true || kept.has(number) || (healthy === null && blind);
}

function weightOf(
  { number, weight, backup }: ServerEntry,
  { ramps, joined }: Standing,
  slowStartMs: number,
  now: number,
): number {
  if (backup === true && !joined) return 0;
  if (ramps.size === 0) return weight;
  const since = ramps.get(number);
  const step = since === undefined ? STEPS : Math.floor(((now - since) * STEPS) / slowStartMs) + 1;
  return weight * Math.min(STEPS, step);
}

/** When the passing of time alone changes something next. */
export function changesAt(
  { slowStartMs = 0, healthCheck }: CheckedService,
  { ramps, enoughSince }: Standing,
  now: number,
): number | undefined {
  const stepMs = slowStartMs / STEPS;
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
