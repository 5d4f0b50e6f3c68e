/** What a node reports about drift on its host as a whole. Pure. */
import type { ReportedCondition } from '../../contract/report.js';
import { someOf } from '../../platform/some-of.js';

/** `trouble`: why some events are not heard; undefined where the host is watched by poll alone, every `pollSeconds`. */
export function watchCondition(trouble: string | null | undefined, pollSeconds: number): ReportedCondition[] {
  const type = 'HostWatched';
  if (trouble === undefined) return [];
  if (trouble === null) {
    return [{ type, status: 'True', reason: 'Listens', message: 'Drift is seen when it happens.' }];
  }
  const message = `Drift is seen within ${pollSeconds} s and not at once: ${trouble}`;
  return [{ type, status: 'False', reason: 'MonitorEnded', message }];
}

/** `persisting`: the things that somebody keeps undoing. */
export function repairsCondition(who: 'agent' | 'engine', persisting: readonly string[]): ReportedCondition {
  const type = 'RepairsHold';
  if (persisting.length === 0) {
    return {
      type,
      status: 'True',
      reason: 'Quiet',
      message: 'Nothing that was repaired is undone again and again.',
    };
  }
  const message =
    `Something on this host keeps undoing ${someOf(persisting)}. The ${who} waits longer each time before it repairs ` +
    'it. Find the program that does it (a network manager, configuration management, a script) and have it leave this alone.';
  return { type, status: 'False', reason: 'DriftPersists', message };
}
