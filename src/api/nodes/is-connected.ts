import { REPORT_INTERVAL_MS } from '../../contract/report.js';

/** A node counts as away when it missed this many reports in a row. */
const MISSED_REPORTS = 3;

export function isConnected(lastSeenAt: Date | null, now: number = Date.now()): boolean {
  return lastSeenAt !== null && now - lastSeenAt.getTime() < MISSED_REPORTS * REPORT_INTERVAL_MS;
}
