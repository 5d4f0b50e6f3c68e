/** A service whose servers are checked, with all that is known of it. */
import type { Document, ServerEntry, ServiceDocument } from '../../contract/documents.js';
import type { ServiceInForce } from '../drivers/forwarding-driver.js';
import type { CheckedService, Standing } from './service-standing.js';
import { adopted, type SharedCheck } from './shared-checks.js';

export interface WatchedService {
  document: CheckedDocument;
  /** By the number of the server. */
  readonly checks: ReadonlyMap<number, SharedCheck>;
  standing: Standing;
  timer: NodeJS.Timeout | undefined;
}

export type CheckedDocument = ServiceInForce & { readonly body: ServiceDocument & CheckedService };

/** The servers of a service that are in force, by its key. */
export type UsedServers = (key: string) => readonly ServerEntry[] | undefined;

export function isChecked(document: Document<ServiceDocument>): document is CheckedDocument {
  return document.body?.healthCheck !== undefined;
}

/** Takes those of its servers for healthy of which nothing is known yet. Whether there were any. */
export function adoptOf({ checks }: WatchedService, numbers: ReadonlySet<number>): boolean {
  const unknown = [...checks].filter(
    ([number, { verdict }]) => verdict.healthy === null && numbers.has(number),
  );
  for (const [, check] of unknown) check.verdict = adopted(check.verdict);
  return unknown.length > 0;
}
