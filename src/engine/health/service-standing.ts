/**
 * What follows for a whole service from the health of its servers: who is kept although it fell, who comes back slowly, and
 * whether the backups join. Level-triggered: it compares what is with what was, and may be asked at any time again. Pure.
 *
 * The panic guard: where more than half of a service's servers fall within one interval, it is more likely that something
 * between them and this director failed, and to take them all out would end a service that may well be up. Where a
 * backup answers, the way there is good, and it takes over instead.
 */
import type { HealthQuestion, ServerEntry, ServiceDocument } from '../../contract/documents.js';

export interface Standing {
  /** By the number of the server; null: not known. */
  readonly health: ReadonlyMap<number, boolean | null>;
  /** Servers that were healthy and are not any more, with the moment of the fall. */
  readonly fallen: ReadonlyMap<number, number>;
  /** Those of the fallen that get packets still. With any the service is in panic. */
  readonly kept: ReadonlySet<number>;
  /** Servers on the way to their full weight, with the moment that they rose at. */
  readonly ramps: ReadonlyMap<number, number>;
  /** Backups take new flows. */
  readonly joined: boolean;
  /** Since when enough of the others are healthy again, while the backups have not left yet. */
  readonly enoughSince: number | undefined;
}

export const NO_STANDING: Standing = {
  health: new Map(),
  fallen: new Map(),
  kept: new Set(),
  ramps: new Map(),
  joined: false,
  enoughSince: undefined,
};

export type CheckedService = Pick<ServiceDocument, 'servers' | 'slowStartMs' | 'minHealthy'> & {
  readonly healthCheck: HealthQuestion;
};

/** @param now in milliseconds, by a clock that never jumps. */
export function standingAfter(
  before: Standing,
  service: CheckedService,
  healthOf: (number: number) => boolean | null,
  now: number,
): Standing {
  const health = new Map(service.servers.map(({ number }) => [number, healthOf(number)]));
  const fallen = fallenAfter(before, health, now);
  const kept = keptOf({ before, service, health, fallen, now });
  const ramps = rampsAfter({ before, service, health, now });
  return { health, fallen, kept, ramps, ...backupsAfter({ before, service, health, kept, now }) };
}

interface Seen {
  readonly before: Standing;
  readonly service: CheckedService;
  readonly health: Standing['health'];
  readonly now: number;
}

function fallenAfter(before: Standing, health: Standing['health'], now: number): Standing['fallen'] {
  const fallen = new Map<number, number>();
  for (const [number, healthy] of health) {
    const since = before.fallen.get(number) ?? (before.health.get(number) === true ? now : undefined);
    if (healthy === false && since !== undefined) fallen.set(number, since);
  }
  return fallen;
}

function keptOf(seen: Seen & Pick<Standing, 'fallen'>): Standing['kept'] {
  const { before, service, health, fallen, now } = seen;
  // One that drains is on its way out, and counts for nothing.
  const counted = service.servers.filter(({ weight }) => weight > 0);
  if (counted.some((each) => each.backup === true && health.get(each.number) === true)) return new Set();
  const down = counted.map(({ number }) => number).filter((number) => fallen.has(number));
  const together = down.filter((number) => (fallen.get(number) ?? 0) > now - windowMs(service.healthCheck));
  const isMost = (servers: readonly number[]): boolean => servers.length * 2 > counted.length;
  if (before.kept.size === 0) return new Set(isMost(together) ? together : []);
  return new Set(
    isMost(down) ? down.filter((number) => before.kept.has(number) || fallen.get(number) === now) : [],
  );
}

/** What dies at one moment is found out in one interval, as it varies, and the time that the last answer is waited for. */
function windowMs({ intervalMs, timeoutMs, fall }: HealthQuestion): number {
  const variation = 0.1;
  return intervalMs * (1 + variation * fall) + timeoutMs;
}

/** Only beside others that take their full share: where all are new there is nobody to spare them. */
function rampsAfter({ before, service, health, now }: Seen): Standing['ramps'] {
  const { slowStartMs = 0, servers } = service;
  const ramps = new Map<number, number>();
  const isSettled = ({ number, weight }: ServerEntry): boolean =>
    weight > 0 && before.health.get(number) === true && !before.ramps.has(number);
  const spared =
    slowStartMs > 0 && servers.some((each) => health.get(each.number) === true && isSettled(each));
  for (const { number } of servers) {
    const rose = spared && roseNow(number, before) ? now : undefined;
    const since = before.ramps.get(number) ?? rose;
    if (health.get(number) === true && since !== undefined && now - since < slowStartMs)
      ramps.set(number, since);
  }
  return ramps;
}

/** If it is healthy now. One that was kept had packets all along, and one that is adopted was never unhealthy here. */
function roseNow(number: number, { health, kept }: Standing): boolean {
  const was = health.get(number);
  return (was === false || was === null) && !kept.has(number);
}

function backupsAfter({
  before,
  service,
  health,
  kept,
  now,
}: Seen & Pick<Standing, 'kept'>): Pick<Standing, 'joined' | 'enoughSince'> {
  const { servers, minHealthy = 1, healthCheck } = service;
  if (!servers.some(({ backup }) => backup === true)) return { joined: false, enoughSince: undefined };
  const others = servers.filter(({ backup, weight }) => backup !== true && weight > 0);
  // Of what is not known yet nobody can say that it is missing.
  const up = others.filter(({ number }) => health.get(number) !== false || kept.has(number));
  if (up.length < minHealthy) return { joined: true, enoughSince: undefined };
  if (!before.joined) return { joined: false, enoughSince: undefined };
  const enoughSince = before.enoughSince ?? now;
  const left = now - enoughSince >= leaveAfterMs(healthCheck);
  return left ? { joined: false, enoughSince: undefined } : { joined: true, enoughSince };
}

/** So long enough of the others have to be healthy until the backups leave them alone. */
export function leaveAfterMs({ rise, intervalMs }: HealthQuestion): number {
  return rise * intervalMs;
}
