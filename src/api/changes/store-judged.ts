/** Stores a change that was judged: the services, the history, drains, and the documents of directors and hosts. */
import type { EntityManager } from 'typeorm';
import { approveReleases } from '../delivery/publish/approve-releases.js';
import { storeDocuments } from '../delivery/publish/publish-documents.js';
import type { CommitOrder } from '../store/commit-order.js';
import { saveVirtualServices } from '../store/save-virtual-services.js';
import { sentTogether } from '../store/sent-together.js';
import type { JudgedChange } from './judge-change.js';
import { keepWindow } from './judge-losses.js';
import { recordRevisions, type MadeRevision } from './record-revision.js';
import { storeDrains } from './store-drains.js';

/**
 * Sent together, executed in this order: what compiles the hosts' documents sees what was saved before it. That stands last,
 * for it goes on with what it was answered, and must not when something before it failed.
 */
export async function storeJudged(
  manager: EntityManager,
  order: CommitOrder,
  at: Date,
  { changes, touched, drains, losses }: JudgedChange,
  made: readonly MadeRevision[],
): Promise<void> {
  await sentTogether([
    saveVirtualServices(manager, changes),
    recordRevisions(manager, order.epoch, at, made),
    storeDrains(manager, drains),
    keepWindow(manager, losses),
    approveReleases(manager, touched.vips),
    storeDocuments(manager, order, losses.services, touched.vips),
  ]);
}
