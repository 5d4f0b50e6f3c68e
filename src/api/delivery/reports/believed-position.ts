/**
 * A position that this database never gave out says nothing about what a node holds: one of another cluster, or one
 * past the newest, as nodes report after an old backup was restored. It is taken for none, so that nothing is admitted,
 * let go of or called in sync on the strength of it.
 */
import type { EntityManager } from 'typeorm';
import type { Report } from '../../../contract/report.js';
import { readCommitOrder } from '../../store/commit-order.js';

export async function withBelievedPosition(manager: EntityManager, report: Report): Promise<Report> {
  const { position } = report;
  if (position === null) return report;
  const newest = await readCommitOrder(manager);
  const isOurs =
    position.cluster === newest.cluster &&
    position.epoch <= newest.epoch &&
    position.version <= newest.version;
  return isOurs ? report : { ...report, position: null };
}
