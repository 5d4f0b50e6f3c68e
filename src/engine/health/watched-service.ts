/** A service whose servers are checked, with all that is known of it. */
import type { ServerEntry } from '../../contract/documents.js';
import type { CheckedDocument } from './checked-document.js';
import type { Standing } from '../../forwarding/service-standing.js';
import { adopted, type SharedCheck } from './shared-checks.js';

export interface WatchedService {
  document: CheckedDocument;
  /** By the number of the server. */
  readonly checks: ReadonlyMap<number, SharedCheck>;
  standing: Standing;
  timer: NodeJS.Timeout | undefined;
}

/** The servers of a service that are in force, by its key. */
export type UsedServers = (key: string) => readonly ServerEntry[] | undefined;

/** Takes those of its servers for healthy of which nothing is known yet. Whether there were any. */
export function adoptOf({ checks }: WatchedService, numbers: ReadonlySet<number>): boolean {
  const unknown = [...checks].filter(
    ([number, { verdict }]) => verdict.healthy === null && numbers.has(number),
  );
  for (const [, check] of unknown) check.verdict = adopted(check.verdict);
  return unknown.length > 0;
}
