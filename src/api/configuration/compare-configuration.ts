/**
 * Compares what was sent with what there is, and keeps of both what differs. What reads in the export as it was sent is the
 * same, and not looked at any further: as a rule that is nearly all.
 */
import { createHash, type Hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from 'typeorm';
import type { VirtualService } from '../../domain/virtual-service.js';
import { readCommitOrder } from '../store/commit-order.js';
import type { Entry } from './configuration-entries.js';
import { configurationTag, requireTag } from './configuration-tag.js';
import type { Scope } from './configuration-scope.js';
import { configuredService } from './configured-service.js';
import { readConfiguration } from './read-configuration.js';
import { placeKey } from './service-place.js';

export interface Comparison {
  /** Everything up to this revision was seen; what came later may have been. */
  readonly revision: number;
  /** Services that there are, and the entry that says otherwise; null: none names the service. */
  readonly differing: readonly { readonly before: VirtualService; readonly entry: Entry | null }[];
  /** Entries for which there is no service. */
  readonly added: readonly Entry[];
}

/** @param ifMatch throws 412 where it is given and names another state. */
export async function compareConfiguration(
  manager: EntityManager,
  entries: readonly Entry[],
  scope: Scope,
  ifMatch: string | undefined,
): Promise<Comparison> {
  const { revision } = await readCommitOrder(manager);
  const { wanted, added } = byKey(entries);
  const differing: { before: VirtualService; entry: Entry | null }[] = [];
  const digest = createHash('sha256');
  for await (const services of readConfiguration(manager, scope, undefined)) {
    for (const service of services) differing.push(...compareOne(service, wanted, digest));
  }
  requireTag(ifMatch, configurationTag(digest));
  return { revision, differing, added: [...added, ...wanted.values()] };
}

function compareOne(
  before: VirtualService,
  wanted: Map<string, Entry>,
  digest: Hash,
): Comparison['differing'] {
  const shown = configuredService(before);
  digest.update(JSON.stringify(shown));
  const key = placeKey(before);
  const entry = wanted.get(key) ?? null;
  wanted.delete(key);
  return entry !== null && isDeepStrictEqual(entry.body, shown) ? [] : [{ before, entry }];
}

/** The second of two entries for one place is a service of its own, which the rules will find in the way of the first. */
function byKey(entries: readonly Entry[]): { wanted: Map<string, Entry>; added: Entry[] } {
  const wanted = new Map<string, Entry>();
  const added = entries.filter((entry) => {
    if (entry.key === null || wanted.has(entry.key)) return true;
    wanted.set(entry.key, entry);
    return false;
  });
  return { wanted, added };
}
