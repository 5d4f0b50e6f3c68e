/**
 * Tells statuses of services in parts that fit in memory, however many real servers these have. One service that cannot be
 * told, for what is stored of it is not what anybody expects, is left out and named: it must hold up no other, nor the history.
 */
import { QueryFailedError, type EntityManager } from 'typeorm';
import type { EventLog } from './event-log.js';
import { storeEvents } from './store-events.js';
import { tellStatuses } from './tell-statuses.js';

/** In a part, unless one service has more. */
const MOST_SERVERS = 1_000;

const SIZES = `
  SELECT w.id, (SELECT count(*) FROM real_server r WHERE r.virtual_service_id = w.id)::integer AS servers
  FROM unnest($1::uuid[]) AS w (id)`;

/** PostgreSQL's classes of errors that say nothing of a service: the connection, the transaction as a whole, what is used up. */
const OF_DATABASE = /^(?:08|25|40|53|55|57|58)/;

export interface Untold {
  readonly id: string;
  readonly error: unknown;
}

export interface Told {
  /** Of the last event. */
  readonly position: number;
  readonly untold: readonly Untold[];
}

/** @param position after which the events come. */
export async function tellInParts(
  manager: EntityManager,
  ids: readonly string[],
  log: Pick<EventLog, 'epoch' | 'beganAt'>,
  position: number,
): Promise<Told> {
  if (ids.length === 0) return { position, untold: [] };
  const sizes = await manager.query<Sized[]>(SIZES, [ids]);
  let told: Told = { position, untold: [] };
  for (const part of partsOf(sizes)) told = await tellPart(manager, part, log, told);
  return told;
}

interface Sized {
  readonly id: string;
  readonly servers: number;
}

function partsOf(sizes: readonly Sized[]): string[][] {
  const parts: string[][] = [];
  let room = 0;
  for (const { id, servers } of sizes) {
    room -= servers;
    const part = parts.at(-1);
    if (part !== undefined && room >= 0) part.push(id);
    else {
      parts.push([id]);
      room = MOST_SERVERS - servers;
    }
  }
  return parts;
}

/** All of them, or where that fails one by one. */
async function tellPart(
  manager: EntityManager,
  ids: readonly string[],
  log: Pick<EventLog, 'epoch' | 'beganAt'>,
  { position, untold }: Told,
): Promise<Told> {
  try {
    return { position: await tellOrUndo(manager, ids, log, position), untold };
  } catch (error) {
    const [id, ...others] = ids;
    if (id === undefined || isOfDatabase(error)) throw error;
    if (others.length === 0) return { position, untold: [...untold, { id, error }] };
    let told: Told = { position, untold };
    for (const each of ids) told = await tellPart(manager, [each], log, told);
    return told;
  }
}

/** What fails has told nothing, and the transaction goes on. */
async function tellOrUndo(
  manager: EntityManager,
  ids: readonly string[],
  { epoch, beganAt }: Pick<EventLog, 'epoch' | 'beganAt'>,
  position: number,
): Promise<number> {
  try {
    const [, drafts] = await Promise.all([
      manager.query('SAVEPOINT part'),
      tellStatuses(manager, ids, beganAt),
    ]);
    await storeEvents(manager, { position, epoch }, drafts);
    await manager.query('RELEASE SAVEPOINT part');
    return position + drafts.length;
  } catch (error) {
    await manager.query('ROLLBACK TO SAVEPOINT part');
    throw error;
  }
}

function isOfDatabase(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = error.driverError as { readonly code?: string };
  return code === undefined || OF_DATABASE.test(code);
}
