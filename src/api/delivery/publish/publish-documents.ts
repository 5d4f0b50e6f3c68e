/**
 * Turns a change of intent or facts into changed documents, in the transaction that made the change.
 * The order matters: services first, judged by what hosts hold now; then what the directors may still name;
 * then the VIPs of the hosts, where one that a director may still name is never taken away.
 * The caller holds the commit order, so everything that was committed before is seen, and nothing moves meanwhile.
 */
import type { EntityManager } from 'typeorm';
import { DOCUMENTS_CHANNEL, notify } from '../../store/channels.js';
import { advanceVersion, type CommitOrder } from '../../store/commit-order.js';
import type { VirtualService } from '../../../domain/virtual-service.js';
import type { VipOnHost } from '../../store/observe-real-servers.js';
import { compileServices } from './compile-services.js';
import { compileVips } from './compile-vips.js';
import { recordMentions, releaseMentions } from './mentions.js';
import { writeDocuments } from './write-documents.js';

/** What a change may have touched; naming too much costs time, naming too little is a bug. */
export interface Touched {
  readonly serviceIds: readonly string[];
  readonly vips: readonly VipOnHost[];
  /** Services that this transaction has just stored, to spare reading them again. */
  readonly stored?: readonly VirtualService[];
}

/** @returns true when a document moved. */
export async function publishDocuments(
  manager: EntityManager,
  held: CommitOrder,
  touched: Touched,
): Promise<boolean> {
  const order = { ...held, version: held.version + 1 };
  const services = await compileServices(manager, touched.serviceIds, touched.stored);
  const movedServices = await writeDocuments(manager, order, services);
  await recordMentions(manager, order.version, movedServices);
  const released = await releaseMentions(manager, order.epoch);
  const vips = await compileVips(manager, [...touched.vips, ...released]);
  const movedVips = await writeDocuments(manager, order, vips);
  if (movedServices.length + movedVips.length === 0) return false;
  await advanceVersion(manager, order.version);
  await notify(manager, DOCUMENTS_CHANNEL);
  return true;
}
