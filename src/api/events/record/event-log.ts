/**
 * How far events are recorded. Who holds this lock is the only one to record: positions are then given in the order of
 * commits and without a gap, so that a reader who has seen one has seen, or can see, all before it.
 */
import type { EntityManager } from 'typeorm';
import { EVENTS_CHANNEL } from '../../store/channels.js';

export interface EventLog {
  /** Of the last event. */
  readonly position: number;
  /** Last revision that events were made of, and last version whose documents were looked at. */
  readonly revision: number;
  readonly version: number;
  /** Of the cluster, as this transaction sees it. */
  readonly epoch: number;
  readonly newestRevision: number;
  readonly newestVersion: number;
  /** Id of the service after which the walk over all of them goes on; null: there is none under way. */
  readonly walk: string | null;
  readonly walkAgain: boolean;
  /** When events began to be recorded in this installation. */
  readonly beganAt: Date;
}

const LOCK = `
  SELECT l.position::float8 AS position, l.revision::float8 AS revision, l.version::float8 AS version, l.walk,
    l.walk_again AS "walkAgain", l.began_at AS "beganAt", c.epoch, c.revision::float8 AS "newestRevision",
    c.version::float8 AS "newestVersion"
  FROM event_log l CROSS JOIN cluster c FOR UPDATE OF l`;

/** All that this transaction reads is of one moment, at which what the log says is true. To be called first in it. */
export async function lockEventLog(manager: EntityManager): Promise<EventLog> {
  const [, [log]] = await Promise.all([
    manager.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ'),
    manager.query<EventLog[]>(LOCK),
  ]);
  if (log === undefined) throw new Error('the row of the event log is missing: was the database migrated?');
  return log;
}

type Reached = Pick<EventLog, 'position' | 'revision' | 'version' | 'walk' | 'walkAgain'>;

const ADVANCE = `
  WITH moved AS (
    UPDATE event_log SET position = $1, revision = $2, version = $3, walk = $4, walk_again = $5 RETURNING position)
  SELECT pg_notify('${EVENTS_CHANNEL}', position::text) FROM moved WHERE position > $6`;

/** Writes nothing where nothing has moved; wakes the readers where there is an event. */
export async function advanceEventLog(
  manager: EntityManager,
  log: EventLog,
  reached: Reached,
): Promise<void> {
  const { position, revision, version, walk, walkAgain } = reached;
  const isSame =
    position === log.position &&
    revision === log.revision &&
    version === log.version &&
    walk === log.walk &&
    walkAgain === log.walkAgain;
  if (!isSame) await manager.query(ADVANCE, [position, revision, version, walk, walkAgain, log.position]);
}
