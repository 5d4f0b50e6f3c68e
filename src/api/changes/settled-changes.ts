/**
 * Changes that are worked out of all that there is, and not of the services that they are about. What there is was read
 * before anything was locked, and the changes are made while the services alone are, so that nobody else waits for that; then,
 * with the commit order held, it is asked whether something has moved since, and where it has, all is worked out anew,
 * while nobody else can commit.
 */
import type { EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { holdCommits } from '../store/commit-order.js';
import { lockVirtualServices } from '../store/load-virtual-services.js';
import type { ApplySeveral } from './change-virtual-service.js';
import { planOf } from './plan-in-progress.js';
import type { ServiceChange } from './service-change.js';

/** What was worked out, of the state at a revision or later. */
export interface WorkedOut {
  readonly revision: number;
  /** Of the services that there are and that it would change. */
  readonly ids: readonly string[];
  readonly changes: (
    found: ReadonlyMap<string, VirtualService>,
    manager: EntityManager,
  ) => Promise<readonly ServiceChange[]>;
}

/**
 * The services are locked first, as everybody does who then takes the commit order. Where they turn out to be others, two
 * may wait for each other: PostgreSQL ends one of them, and it is tried again.
 */
export function settledChanges(
  first: WorkedOut,
  workOut: (manager: EntityManager) => Promise<WorkedOut>,
): ApplySeveral {
  return async (found, manager) => {
    const plan = planOf(manager);
    if (plan !== undefined) {
      // On the snapshot of a plan nothing moves. What other writes of the plan would leave was not looked at.
      if (plan.hasChanges) throw onlyFirst();
      return first.changes(found, manager);
    }
    const changes = (await hasMoved(manager, first.revision)) ? null : await first.changes(found, manager);
    await holdCommits(manager);
    if (changes !== null && !(await hasMoved(manager, first.revision))) return changes;
    const anew = await workOut(manager);
    return anew.changes(await lockVirtualServices(manager, anew.ids), manager);
  };
}

function onlyFirst(): Failed {
  return new Failed(
    failure(
      'method-not-allowed',
      'not-plannable',
      'This is worked out of all that there is, and not of what the writes before it would leave.',
      'Plan it alone, or as the first of the writes.',
    ),
  );
}

/** Whether services were changed since; nodes that joined or left are none of it. */
async function hasMoved(manager: EntityManager, revision: number): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `SELECT 1 FROM audit_entry WHERE revision > $1 AND object_type <> 'node' LIMIT 1`,
    [revision],
  );
  return rows.length > 0;
}
