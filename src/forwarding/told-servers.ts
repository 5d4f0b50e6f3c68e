/**
 * The servers of a service that a director has in its table, worked out from what it told of their health; and those that
 * it will have once all is said that it waits for. How far a slow start is a director does not tell: it is taken for over.
 * Pure.
 */
import type { ServerEntry, ServiceDocument } from '../contract/documents.js';
import type { HealthFact } from '../contract/report.js';
import { effectiveServers } from './effective-service.js';
import { NO_STANDING, standingAfter, type CheckedService, type Standing } from './service-standing.js';

/** What a director told, by the number of the real server. */
export type ToldHealth = ReadonlyMap<number, Pick<HealthFact, 'healthy' | 'reason'>>;

export interface TellingDirector {
  readonly health: ToldHealth;
  /** It cannot check now: what is not known counts as healthy. */
  readonly blind: boolean;
}

/** A service on its way. Null: the director shall not know it. */
export interface ChangedService {
  readonly before: ServiceDocument | null;
  /** With what is proven now. */
  readonly after: ServiceDocument | null;
  /** When every host has proven itself and every drain has ended. */
  readonly settled: ServiceDocument | null;
}

type HealthOf = (number: number) => boolean | null;

/** The same service with the servers that are in the table. */
export function inTable(
  { before, after, settled }: ChangedService,
  director: TellingDirector,
): ChangedService {
  const told: HealthOf = (number) => director.health.get(number)?.healthy ?? null;
  const standing = before === null ? NO_STANDING : standingTold(before, director);
  const former = withServers(before, standing, director.blind);
  const used = new Set(former?.servers.map(({ number }) => number));
  const asked = askedAlike(before, after);
  // A check that is new takes who gets packets already for healthy until it knows better.
  const next: HealthOf = (number) =>
    (asked(number) ? told(number) : null) ?? (used.has(number) ? true : null);
  const changed = advanced(after, standing, next);
  const last: HealthOf = (number) => next(number) ?? true;
  return {
    before: former,
    after: withServers(after, changed, director.blind),
    settled: withServers(settled, atLast(settled, changed, last), false),
  };
}

function withServers(
  body: ServiceDocument | null,
  standing: Standing,
  blind: boolean,
): ServiceDocument | null {
  if (body === null || !isChecked(body)) return body;
  const ended = { ...standing, ramps: new Map<number, number>() };
  return { ...body, servers: effectiveServers(body, ended, { now: 0, blind }) };
}

function standingTold(body: ServiceDocument, { health }: TellingDirector): Standing {
  if (!isChecked(body)) return NO_STANDING;
  const told = (number: number) => health.get(number);
  const fallen = body.servers.filter(({ number }) => told(number)?.healthy === false);
  const kept = fallen.filter(({ number }) => told(number)?.reason === 'KeptByPanicGuard');
  const before: Standing = {
    ...NO_STANDING,
    // Long ago: whoever fell in the last moments may be kept, which only the director knows.
    fallen: new Map(fallen.map(({ number }) => [number, -Infinity])),
    kept: new Set(kept.map(({ number }) => number)),
    joined: body.servers.some((server) => isAtWork(server, health)),
  };
  return standingAfter(before, body, (number) => told(number)?.healthy ?? null, 0);
}

/** A backup that does not stand by. */
function isAtWork({ number, backup }: ServerEntry, health: ToldHealth): boolean {
  const told = health.get(number);
  return backup === true && told?.healthy === true && told.reason !== 'StandingBy';
}

function advanced(body: ServiceDocument | null, standing: Standing, healthOf: HealthOf): Standing {
  return body !== null && isChecked(body) ? standingAfter(standing, body, healthOf, 0) : standing;
}

/** When backups that are needed no more have left. */
function atLast(body: ServiceDocument | null, standing: Standing, healthOf: HealthOf): Standing {
  if (body === null || !isChecked(body)) return standing;
  return standingAfter(standingAfter(standing, body, healthOf, 0), body, healthOf, Number.MAX_SAFE_INTEGER);
}

/** Whether what was told of a server is told of the very same question. */
function askedAlike(
  before: ServiceDocument | null,
  after: ServiceDocument | null,
): (number: number) => boolean {
  const question = (body: ServiceDocument | null) => JSON.stringify([body?.address, body?.healthCheck]);
  if (question(before) !== question(after)) return () => false;
  const addresses = new Map(before?.servers.map(({ number, address }) => [number, address]));
  return (number) => {
    const now = after?.servers.find((each) => each.number === number)?.address;
    return addresses.get(number) === undefined || addresses.get(number) === now;
  };
}

function isChecked(body: ServiceDocument): body is ServiceDocument & CheckedService {
  return body.healthCheck !== undefined;
}
