/**
 * What follows for a whole service from the health of its servers: who is kept although it fell, who comes back slowly, and
 * whether the backups join. Level-triggered: it compares what is with what was, and may be asked at any time again. Pure.
 *
 * The panic guard: where more than half of a service's servers fall within one interval, it is more likely that something
 * between them and this director failed, and to take them all out would end a service that may well be up. Where a
 * backup answers, the way there is good, and it takes over instead.
 */
import type { HealthQuestion, ServerEntry, ServiceDocument } from '../contract/documents.js';

/** A slow start goes in so many steps: each is a change of the kernel's table. */
export const SLOW_START_STEPS = 10;

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
  const { service, health } = seen;
  const answers = ({ number, weight, backup }: ServerEntry): boolean =>
    backup === true && weight > 0 && health.get(number) === true;
  if (service.servers.some(answers)) return new Set();
  return seen.before.kept.size === 0 ? keptAtFirst(seen) : keptOn(seen);
}

/** Also servers that drain, whose flows go the same way, though they have no say in how many fell. */
function keptAtFirst({ before, service, fallen, now }: Seen & Pick<Standing, 'fallen'>): Standing['kept'] {
  const since = now - windowMs(service.healthCheck);
  const together = new Set([...fallen].flatMap(([number, at]) => (at > since ? [number] : [])));
  const working = workingServers(service, before, together);
  return isMost(together, working) ? together : new Set();
}

function keptOn({ before, service, fallen, now }: Seen & Pick<Standing, 'fallen'>): Standing['kept'] {
  const { kept } = before;
  if (!isMost(new Set(fallen.keys()), workingServers(service, before, kept))) return new Set();
  return new Set([...fallen.keys()].filter((number) => kept.has(number) || fallen.get(number) === now));
}

/**
 * Not one that drains, which is on its way out; nor a backup, unless it worked and fell with the others: one that stood
 * by, or was down already, takes nothing from what the others' fall means.
 */
function workingServers(
  { servers }: CheckedService,
  { joined }: Standing,
  panicking: ReadonlySet<number>,
): readonly number[] {
  return servers
    .filter(
      ({ weight, backup, number }) => weight > 0 && (backup !== true || (joined && panicking.has(number))),
    )
    .map(({ number }) => number);
}

function isMost(down: ReadonlySet<number>, of: readonly number[]): boolean {
  return of.filter((number) => down.has(number)).length * 2 > of.length;
}

/** What dies at one moment is found out in one interval, as it varies, and the time that the last answer is waited for. */
function windowMs({ intervalMs, timeoutMs, fall }: HealthQuestion): number {
  const variation = 0.1;
  return intervalMs * (1 + variation * fall) + timeoutMs;
}

/**
 * Every server that rises. Where all are new, all of them do, and have equal shares; those that rise within one step of
 * each other go on together, so that none has the load alone because it was asked first.
 */
function rampsAfter({ before, service, health, now }: Seen): Standing['ramps'] {
  const { slowStartMs = 0, servers } = service;
  const isUnderWay = (since: number | undefined): since is number =>
    since !== undefined && now - since < slowStartMs;
  const begun = [...before.ramps.values()].find((since) => now - since < slowStartMs / SLOW_START_STEPS);
  const ramps = new Map<number, number>();
  for (const { number } of servers) {
    const since = before.ramps.get(number) ?? (hasRisen(number, before) ? (begun ?? now) : undefined);
    if (health.get(number) === true && isUnderWay(since)) ramps.set(number, since);
  }
  return ramps;
}

/**
 * If it is healthy now. One that was kept had packets all along, and so had those that are healthy when the service is
 * looked at for the first time: they are adopted.
 */
function hasRisen(number: number, { health, kept }: Standing): boolean {
  return health.size > 0 && health.get(number) !== true && !kept.has(number);
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
