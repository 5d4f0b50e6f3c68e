/**
 * The one road that every write of the operators' intent takes: load and lock, apply, rules, save, audit, documents.
 * All of it is one transaction: either everybody sees the new intent with its revision and its documents, or nothing
 * happened. A change that changes nothing takes no revision.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { requireMatch } from '../http/etag.js';
import { requestContext } from '../http/request-context.js';
import { lockVirtualServices } from '../store/load-virtual-services.js';
import { Transactions } from '../store/transactions.js';
import { commitChanges } from './commit-changes.js';
import { planOf } from './plan-in-progress.js';
import { changesSomething, sameField, type ServiceChange } from './service-change.js';

/** Makes the next state of a service; null removes it. It may read through the manager, and must not write. */
export type Apply = (before: VirtualService, manager: EntityManager) => Promise<VirtualService | null>;

/** The same, where the body of the request is not the service. */
export type ApplyParts = (
  before: VirtualService,
  manager: EntityManager,
) => Promise<Pick<ServiceChange, 'after' | 'where'>>;

/** Says what shall become of services, by their ids; those that there are of the ids it asked for are locked. */
export type ApplySeveral = (
  found: ReadonlyMap<string, VirtualService>,
  manager: EntityManager,
) => Promise<readonly ServiceChange[]>;

/** What the caller lays down beside the change itself. */
export interface Terms {
  /** The request's If-Match header, checked against the service's revision. */
  readonly ifMatch: string | undefined;
  /** The difference that may be lost by it. */
  readonly approve: string | undefined;
}

@Injectable()
export class ChangeVirtualService {
  constructor(@Inject(Transactions) private readonly transactions: Transactions) {}

  create(make: (manager: EntityManager) => Promise<VirtualService>): Promise<VirtualService> {
    return this.transactions.runTogether(async (manager) => {
      const change = { before: null, after: await make(manager), where: sameField };
      planOf(manager)?.take([change], undefined);
      const { services, revision } = await commitChanges(manager, [change], undefined);
      requestContext().revision = revision;
      return services[0] ?? change.after;
    });
  }

  async change(id: string, terms: Terms, apply: Apply): Promise<void> {
    await this.changeParts(id, terms, async (before, manager) => ({
      after: await apply(before, manager),
      where: sameField,
    }));
  }

  async changeParts(id: string, { ifMatch, approve }: Terms, apply: ApplyParts): Promise<void> {
    const applyOne: ApplySeveral = async (found, manager) => {
      const before = found.get(id);
      if (before === undefined) throw virtualServiceNotFound(id);
      requireMatch(ifMatch, before.revision);
      return [{ before, ...(await apply(before, manager)) }];
    };
    await this.transactions.runTogether((manager) => changeServices(manager, [id], approve, applyOne));
  }

  /**
   * All of them or none, as one revision. Where the request is a plan (`?dryRun=true` of a route that is `Repeatable`, or one of
   * `POST /v1/plans`) nothing is locked or stored: the plan takes the changes, and the caller gets no further than this.
   * So a use case that has all it does go through here is planned without a line of its own, if `apply` draws ids by `takeId`
   * and numbers by `takeServerNumbers` and `takeServiceNumbers`.
   * @param ids of those that there are already.
   * @returns the revision; null where nothing had to be changed.
   */
  changeSeveral(
    ids: readonly string[],
    approve: string | undefined,
    apply: ApplySeveral,
  ): Promise<number | null> {
    return this.transactions.run((manager) => changeServices(manager, ids, approve, apply));
  }
}

async function changeServices(
  manager: EntityManager,
  ids: readonly string[],
  approve: string | undefined,
  apply: ApplySeveral,
): Promise<number | null> {
  const plan = planOf(manager);
  const found = await (plan?.find(ids) ?? lockVirtualServices(manager, ids));
  const changes = (await apply(found, manager)).filter(changesSomething);
  plan?.take(changes, approve);
  const made = changes.length === 0 ? null : (await commitChanges(manager, changes, approve)).revision;
  requestContext().revision = made;
  return made;
}

export function virtualServiceNotFound(id: string): Failed {
  return new Failed(
    failure(
      'not-found',
      'not-found',
      `There is no virtual service ${id}.`,
      'List them: GET /v1/virtual-services.',
    ),
  );
}
