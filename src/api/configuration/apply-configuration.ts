/** Makes of the virtual services what a configuration says, as one revision: of what differs, and of nothing else. */
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AppliedChangeView, type AppliedView } from '../changes/applied.view.js';
import { ChangeVirtualService, type Terms } from '../changes/change-virtual-service.js';
import type { ServiceChange } from '../changes/service-change.js';
import { settledChanges, type WorkedOut } from '../changes/settled-changes.js';
import { Transactions } from '../store/transactions.js';
import { changesOfComparison, readBodies } from './changes-of-comparison.js';
import { compareConfiguration } from './compare-configuration.js';
import { readEntries } from './configuration-entries.js';
import type { Scope } from './configuration-scope.js';

@Injectable()
export class ApplyConfiguration {
  constructor(
    @Inject(Transactions) private readonly transactions: Transactions,
    @Inject(ChangeVirtualService) private readonly road: ChangeVirtualService,
  ) {}

  async apply(
    body: Readonly<Record<string, unknown>>,
    scope: Scope,
    { ifMatch, approve }: Terms,
  ): Promise<AppliedView> {
    let changes: readonly ServiceChange[] = [];
    const workOut = workingOut(body, scope, ifMatch, (made) => (changes = made));
    const first = await this.transactions.workOut(workOut);
    const revision = await this.road.changeSeveral(first.ids, approve, settledChanges(first, workOut));
    return { revision, changes: changes.flatMap((change) => AppliedChangeView.of(change)) };
  }
}

/** @param onChanges is told what the changes came to, each time that they are made. */
function workingOut(
  body: Readonly<Record<string, unknown>>,
  scope: Scope,
  ifMatch: string | undefined,
  onChanges: (changes: readonly ServiceChange[]) => void,
): (manager: EntityManager) => Promise<WorkedOut> {
  const entries = readEntries(body, scope);
  return async (manager) => {
    const comparison = await compareConfiguration(manager, entries, scope, ifMatch);
    const bodies = await readBodies(comparison);
    return {
      revision: comparison.revision,
      ids: comparison.differing.map(({ before }) => before.id),
      changes: async (found, inTransaction) => {
        const changes = await changesOfComparison(inTransaction, comparison, bodies, found);
        onChanges(changes);
        return changes;
      },
    };
  };
}
