import { REPORT_INTERVAL_MS } from '../../contract/report.js';

/** A node counts as away when it missed this many reports in a row. */
const MISSED_REPORTS = 3;

/** Milliseconds after it was heard last from which on a node counts as away. */
export const AWAY_AFTER_MS = MISSED_REPORTS * REPORT_INTERVAL_MS;

export function isConnected(lastSeenAt: Date | null, now: number = Date.now()): boolean {
  return lastSeenAt !== null && now - lastSeenAt.getTime() < AWAY_AFTER_MS;
}
