/**
 * Decides whether operators have removed so many services in a short while that the next removal needs a word of its own:
 * a script that deletes one by one what no single change may take. Services that came into force meanwhile are counted
 * against, so that who makes and deletes services all day is never asked. Pure.
 */
import { isLargeLoss } from '../../../contract/blast-radius.js';

const WINDOW_MS = 10 * 60_000;

/** Counters of the directors' documents, kept in step at the price of each change. */
export interface Counted {
  /** Services in force now. */
  readonly bodies: number;
  /** How often a service came into force, ever. */
  readonly arrivals: number;
}

/** What was removed since the first removal of the window. */
export interface RemovalWindow {
  readonly since: Date;
  readonly removed: number;
  /** Arrivals when it began. */
  readonly arrivals: number;
}

export interface JudgedRemoval {
  /** As it is with this removal. */
  readonly window: RemovalWindow;
  /** With this removal, less what came. */
  readonly lost: number;
  /** Services that there were before. */
  readonly of: number;
  readonly isLarge: boolean;
}

export function judgeRemoval(
  { bodies, arrivals }: Counted,
  before: RemovalWindow | null,
  removing: number,
  now: Date,
): JudgedRemoval {
  const goesOn = before !== null && now.getTime() - before.since.getTime() < WINDOW_MS;
  const begun = goesOn ? before : { since: now, removed: 0, arrivals };
  const window = { ...begun, removed: begun.removed + removing };
  const lostBefore = Math.max(0, begun.removed - (arrivals - begun.arrivals));
  const lost = lostBefore + removing;
  const of = bodies + lostBefore;
  return { window, lost, of, isLarge: isLargeLoss(lost, of) };
}
