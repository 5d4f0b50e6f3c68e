/**
 * One turn of recording, in one transaction: events of the revisions that were taken, then of what nodes brought about.
 * All of it is read as of one moment, so that no status is told before the change of intent that it follows from. What a
 * turn does not come to waits in the database for the next one, whichever process that runs in; nothing is held in memory
 * that would be missed.
 */
import type { EntityManager } from 'typeorm';
import { copyHistory } from './copy-history.js';
import { dueByConfirmations, dueByDocuments, dueByFacts, dueByHistory, dueOfHosts } from './due-services.js';
import { advanceEventLog, lockEventLog, type EventLog } from './event-log.js';
import { lookAtNodes, NO_NODES, type Glances } from './look-at-nodes.js';
import { storeEvents } from './store-events.js';
import { tellInParts, type Told, type Untold } from './tell-in-parts.js';

/** Statuses of services in a turn, with all of their real servers. */
const MOST_SERVICES = 100;
const NOWHERE = '00000000-0000-0000-0000-000000000000';

const TAKE_DUE = `
  DELETE FROM due_status WHERE virtual_service_id = ANY (ARRAY(
    SELECT virtual_service_id FROM due_status ORDER BY since, virtual_service_id LIMIT ${MOST_SERVICES}))
  RETURNING virtual_service_id AS id`;

const NEXT = 'SELECT id FROM virtual_service WHERE id > $1 ORDER BY id LIMIT $2';

/** What a process remembers between two turns; without it the next one only looks at more than it needs to. */
export interface Memory {
  readonly glances: Glances;
  /** Of the slow round over all services, the last that was looked at. */
  readonly roundAt: string;
}

export const NO_MEMORY: Memory = { glances: new Map(), roundAt: NOWHERE };

export interface Turn {
  readonly memory: Memory;
  /** There is more to do already. */
  readonly isMore: boolean;
  /** Services that could not be told, to be looked at again with what touches them next. */
  readonly untold: readonly Untold[];
}

/** @param round how many services the slow round goes on by, where there is nothing else to look at. */
export async function recordEvents(manager: EntityManager, memory: Memory, round: number): Promise<Turn> {
  const log = await lockEventLog(manager);
  const copied = await copyHistory(manager, log);
  const isElsewhere = await dueByHistory(manager, log, copied);
  await dueByDocuments(manager, log);
  await dueByFacts(manager);
  // What nodes bring about follows from revisions: those are told first, all of them.
  const isBehind = copied.revision < log.newestRevision;
  const nodes = isBehind
    ? { ...NO_NODES, glances: memory.glances }
    : await lookAtNodes(manager, memory.glances, log.beganAt);
  await dueOfHosts(manager, nodes.hosts);
  await dueByConfirmations(manager, nodes.confirmed);
  const order = { position: log.position + copied.count, epoch: log.epoch };
  await storeEvents(manager, order, nodes.drafts);
  const walking = beginWalk(log, isElsewhere || nodes.everywhere);
  const position = order.position + nodes.drafts.length;
  const looked = isBehind
    ? null
    : await lookAtServices(manager, log, { walking, position, roundAt: memory.roundAt, round });
  await advanceEventLog(manager, log, {
    revision: copied.revision,
    version: log.newestVersion,
    ...(looked?.walking ?? walking),
    position: looked?.position ?? position,
  });
  const roundAt = looked?.roundAt ?? memory.roundAt;
  return {
    memory: { glances: nodes.glances, roundAt },
    isMore: isBehind || looked?.isMore === true,
    untold: looked?.untold ?? [],
  };
}

type Walking = Pick<EventLog, 'walk' | 'walkAgain'>;

function beginWalk({ walk, walkAgain }: EventLog, isWanted: boolean): Walking {
  if (!isWanted) return { walk, walkAgain };
  return walk === null ? { walk: NOWHERE, walkAgain: false } : { walk, walkAgain: true };
}

interface Place {
  readonly walking: Walking;
  readonly position: number;
  readonly roundAt: string;
}

/** What is due, then on with the walk, and where there is neither, with the slow round. */
async function lookAtServices(
  manager: EntityManager,
  log: EventLog,
  { walking, position, roundAt, round }: Place & { readonly round: number },
): Promise<Place & Told & { readonly isMore: boolean }> {
  const [taken] = await manager.query<[Named[], number]>(TAKE_DUE);
  const room = MOST_SERVICES - taken.length;
  const walked = walking.walk === null ? null : await next(manager, walking.walk, room);
  const isIdle = taken.length === 0 && walked === null;
  const rounded = isIdle && round > 0 ? await next(manager, roundAt, round) : null;
  const ids = [...new Set([...taken, ...(walked ?? []), ...(rounded ?? [])].map(({ id }) => id))];
  const told = await tellInParts(manager, ids, log, position);
  const walkedOn = walked === null ? walking : walkOn(walking, walked, room);
  return {
    ...told,
    walking: walkedOn,
    roundAt: rounded === null ? roundAt : (rounded.at(-1)?.id ?? NOWHERE),
    isMore: taken.length === MOST_SERVICES || walkedOn.walk !== null,
  };
}

interface Named {
  readonly id: string;
}

function next(manager: EntityManager, after: string, count: number): Promise<Named[]> {
  return manager.query(NEXT, [after, count]);
}

function walkOn(walking: Walking, walked: readonly Named[], room: number): Walking {
  if (walked.length === room) return { ...walking, walk: walked.at(-1)?.id ?? walking.walk };
  return { walk: walking.walkAgain ? NOWHERE : null, walkAgain: false };
}
