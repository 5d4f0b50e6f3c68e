/** A service whose servers are checked, with all that is known of it. */
import type { ServiceDocument } from '../../contract/documents.js';
import type { CheckedService, Standing } from './service-standing.js';
import { adopted, type SharedCheck } from './shared-checks.js';

export interface WatchedService {
  readonly key: string;
  readonly body: CheckedDocument;
  /** By the number of the server. */
  readonly checks: ReadonlyMap<number, SharedCheck>;
  standing: Standing;
  timer: NodeJS.Timeout | undefined;
}

export type CheckedDocument = ServiceDocument & CheckedService;

export function isChecked(body: ServiceDocument | null): body is CheckedDocument {
  return body?.healthCheck !== undefined;
}

/** Takes those of its servers for healthy of which nothing is known yet. Whether there were any. */
export function adoptOf({ checks }: WatchedService, numbers: ReadonlySet<number>): boolean {
  const unknown = [...checks].filter(
    ([number, { verdict }]) => verdict.healthy === null && numbers.has(number),
  );
  for (const [, check] of unknown) check.verdict = adopted(check.verdict);
  return unknown.length > 0;
}
