/**
 * Makes of all virtual services, or of one, what they were at a revision, as a new revision. It changes those alone that were
 * changed since, and only where they are otherwise now. Rules and approvals are those of any other change.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { AppliedChangeView, type AppliedView } from '../changes/applied.view.js';
import { ChangeVirtualService, type Terms } from '../changes/change-virtual-service.js';
import { changesSomething, type ServiceChange } from '../changes/service-change.js';
import { settledChanges, type WorkedOut } from '../changes/settled-changes.js';
import { requireMatch } from '../http/etag.js';
import { readCommitOrder } from '../store/commit-order.js';
import { inTurn, takeServerNumbers, takeServiceNumbers } from '../store/take-numbers.js';
import { Transactions } from '../store/transactions.js';
import { requireKept } from './kept-history.js';
import { pastService, type NewNumbers } from './past-service.js';
import { touchedSince, type TouchedService } from './touched-since.js';

@Injectable()
export class RollBack {
  constructor(
    @Inject(Transactions) private readonly transactions: Transactions,
    @Inject(ChangeVirtualService) private readonly road: ChangeVirtualService,
  ) {}

  /** @param serviceId null: all. With `ifMatch` the newest revision of the history is meant. */
  async to(revision: number, serviceId: string | null, { ifMatch, approve }: Terms): Promise<AppliedView> {
    let changes: readonly ServiceChange[] = [];
    const workOut = async (manager: EntityManager): Promise<WorkedOut> => {
      const { revision: newest } = await readCommitOrder(manager);
      requireMatch(ifMatch, newest);
      await requireKept(manager, revision);
      const touched = await touchedSince(manager, revision, serviceId);
      if (serviceId !== null && touched.size === 0) await requireKnown(manager, serviceId);
      return {
        revision: newest,
        ids: [...touched.keys()],
        changes: async (found, inTransaction) =>
          (changes = await changesOf(inTransaction, [...touched.values()], found)),
      };
    };
    const first = await this.transactions.workOut(workOut);
    const made = await this.road.changeSeveral(first.ids, approve, settledChanges(first, workOut));
    return { revision: made, changes: changes.flatMap((change) => AppliedChangeView.of(change)) };
  }
}

async function changesOf(
  manager: EntityManager,
  touched: readonly TouchedService[],
  found: ReadonlyMap<string, VirtualService>,
): Promise<readonly ServiceChange[]> {
  const numbers = await enoughNumbers(manager, touched, found);
  const changes = touched.map((each) => {
    const before = found.get(each.id) ?? null;
    const where = (field: string) => `/${each.id}${field}`;
    return { before, after: pastService(each, before, numbers), where };
  });
  return changes.filter(changesSomething);
}

/** For each that may come back; what is not needed is lost, and there are more than anybody uses up. */
async function enoughNumbers(
  manager: EntityManager,
  touched: readonly TouchedService[],
  found: ReadonlyMap<string, VirtualService>,
): Promise<NewNumbers> {
  const gone = touched.filter(({ id }) => !found.has(id)).length;
  const servers = touched.flatMap((each) =>
    [...each.servers.values()].filter((past) => past !== null),
  ).length;
  const [forServices, forServers] = await Promise.all([
    takeServiceNumbers(manager, gone),
    takeServerNumbers(manager, servers),
  ]);
  return { service: inTurn(forServices), server: inTurn(forServers) };
}

/** Nothing of it was changed since: it is as it was, or there was never such a service. */
async function requireKnown(manager: EntityManager, serviceId: string): Promise<void> {
  const rows = await manager.query<unknown[]>(
    `SELECT 1 FROM audit_entry WHERE object_id = $1 AND object_type = 'virtual-service' LIMIT 1`,
    [serviceId],
  );
  if (rows.length > 0) return;
  throw new Failed(
    failure(
      'not-found',
      'not-found',
      `There was never a virtual service ${serviceId}.`,
      'Take its id from the history: GET /v1/revisions.',
    ),
  );
}
