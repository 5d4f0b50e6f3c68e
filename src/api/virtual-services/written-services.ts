/**
 * Answers with services as the texts they are in an answer, and makes the text anew only of one that has changed: deriving its
 * status and writing it down costs many times what it takes to see that all is as it was. A text counts as long as the
 * stamp with which it was made, and the stamp is read for every answer: nothing hangs on hearing of a change.
 */
import { LRUCache } from 'lru-cache';
import type { EntityManager } from 'typeorm';
import { digestOf } from '../http/etag.js';
import type { WrittenItem } from '../http/written-page.js';
import { readStamps } from '../status/read-stamps.js';
import { readStatus } from '../status/read-status.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import { VirtualServiceView } from './virtual-service.view.js';

/** Characters of texts and stamps: 2,500 services of two servers each. */
const MOST_KEPT = 16 * 1024 * 1024;
/** Long before PostgreSQL, which counts transactions in 32 bits, could come to the same number again. */
const KEPT_MS = 3_600_000;

interface Written extends WrittenItem {
  readonly stamp: string;
}

export class WrittenServices {
  private readonly kept = new LRUCache<string, Written>({
    maxSize: MOST_KEPT,
    ttl: KEPT_MS,
    sizeCalculation: ({ stamp, text }) => stamp.length + text.length,
  });

  /**
   * By the ids of those that there are.
   * @param manager on a snapshot, so that a text is of the moment of its stamp.
   */
  async read(manager: EntityManager, ids: readonly string[]): Promise<ReadonlyMap<string, WrittenItem>> {
    const now = Date.now();
    const known = new Map<string, Written>();
    const changed = new Map<string, string>();
    for (const [id, stamp] of await readStamps(manager, ids, now)) {
      const written = this.kept.get(id);
      if (written?.stamp === stamp) known.set(id, written);
      else changed.set(id, stamp);
    }
    for (const [id, written] of await write(manager, changed, now)) {
      known.set(id, written);
      this.kept.set(id, written);
    }
    return known;
  }
}

/** @param stamps of the services to write, by their ids. */
async function write(
  manager: EntityManager,
  stamps: ReadonlyMap<string, string>,
  now: number,
): Promise<ReadonlyMap<string, Written>> {
  if (stamps.size === 0) return new Map();
  const services = await readStatus(manager, await loadVirtualServices(manager, [...stamps.keys()]), now);
  return new Map(
    services.map((one) => {
      const { id } = one.service;
      const text = JSON.stringify(VirtualServiceView.of(one));
      return [id, { stamp: stamps.get(id) ?? '', text, digest: digestOf(text) }];
    }),
  );
}
