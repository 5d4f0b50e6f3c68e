import type { Report } from '../../../contract/report.js';
import type { CommitOrder } from '../../store/commit-order.js';

/**
 * A position that this database never gave out says nothing about what a node holds: one of another cluster, or one
 * past the newest, as nodes report after an old backup was restored. It is taken for none, so that nothing is admitted,
 * let go of or called in sync on the strength of it.
 */
export function believedPosition({ position }: Report, newest: CommitOrder): Report['position'] {
  if (position === null) return null;
  const isOurs =
    position.cluster === newest.cluster &&
    position.epoch <= newest.epoch &&
    position.version <= newest.version;
  return isOurs ? position : null;
}
