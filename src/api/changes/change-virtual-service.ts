/**
 * The one road that every write of the operators' intent takes: load and lock, apply, rules, save, audit, documents.
 * All of it is one transaction: either everybody sees the new intent with its revision and its documents, or nothing
 * happened. A change that changes nothing takes no revision.
 */
import { Inject, Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from 'typeorm';
import { Failed, failure, rulesBroken } from '../../domain/failure.js';
import { brokenRules } from '../../domain/rules/all-rules.js';
import { inNumberOrder, marked, type VirtualService } from '../../domain/virtual-service.js';
import { approveReleases } from '../delivery/publish/approve-releases.js';
import { publishDocuments } from '../delivery/publish/publish-documents.js';
import { requireMatch } from '../http/etag.js';
import { takeNextRevision, type CommitOrder } from '../store/commit-order.js';
import { lockVirtualService } from '../store/load-virtual-services.js';
import { saveVirtualService } from '../store/save-virtual-service.js';
import { Transactions } from '../store/transactions.js';
import { approveChange } from './approve-change.js';
import { auditVirtualService } from './audit-virtual-service.js';
import { loadSurroundings } from './load-surroundings.js';
import { recordRevision } from './record-revision.js';
import { touchedBy } from './touched-by.js';
import { updateDrains } from './update-drains.js';

/** Makes the next state of a service; null removes it. It may read through the manager, and must not write. */
export type Apply = (before: VirtualService, manager: EntityManager) => Promise<VirtualService | null>;

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
    return this.transactions.run(async (manager) => {
      return commit(manager, null, await make(manager));
    });
  }

  change(id: string, { ifMatch, approve }: Terms, apply: Apply): Promise<VirtualService | null> {
    return this.transactions.run(async (manager) => {
      const before = await lockVirtualService(manager, id);
      if (before === null) throw virtualServiceNotFound(id);
      requireMatch(ifMatch, before.revision);
      const after = await apply(before, manager);
      if (after === null) return remove(manager, before, approve);
      if (isDeepStrictEqual(before, inNumberOrder(after))) return before;
      return commit(manager, before, after, approve);
    });
  }
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

/**
 * Judged in the order of commits: two changes that break a rule only together must not both find it kept. One that
 * breaks a rule gives its revision back.
 */
async function orderIfAllowed(
  manager: EntityManager,
  before: VirtualService | null,
  after: VirtualService,
): Promise<CommitOrder> {
  const [order, surroundings] = await Promise.all([
    takeNextRevision(manager),
    loadSurroundings(manager, after),
  ]);
  const [first, ...others] = brokenRules({ before, after, surroundings });
  if (first !== undefined) throw new Failed(rulesBroken([first, ...others]));
  return order;
}

async function commit(
  manager: EntityManager,
  before: VirtualService | null,
  after: VirtualService,
  approve?: string,
): Promise<VirtualService> {
  const order = await orderIfAllowed(manager, before, after);
  const at = new Date();
  const ordered = inNumberOrder(after);
  const stored = marked(before === null ? { ...ordered, createdAt: at } : ordered, {
    revision: order.revision,
    at,
  });
  await store(manager, before, stored, { order, at, approve });
  return stored;
}

async function remove(
  manager: EntityManager,
  before: VirtualService,
  approve: string | undefined,
): Promise<null> {
  const order = await takeNextRevision(manager);
  await store(manager, before, null, { order, at: new Date(), approve });
  return null;
}

/**
 * Sent together, executed in this order: what compiles documents sees what was saved before it. That stands last, for it
 * goes on with what it was answered, and must not when something before it failed.
 */
async function store(
  manager: EntityManager,
  before: VirtualService | null,
  after: VirtualService | null,
  {
    order,
    at,
    approve,
  }: { readonly order: CommitOrder; readonly at: Date; readonly approve: string | undefined },
): Promise<void> {
  const touched = touchedBy(before, after);
  await Promise.all([
    saveVirtualService(manager, before, after),
    recordRevision(manager, order, at, auditVirtualService(before, after)),
    before !== null && after !== null && updateDrains(manager, before, after),
    approveReleases(manager, order.revision, touched.vips),
    publishDocuments(manager, order, touched, (services) =>
      approveChange(manager, order, services, { before, after, approve }),
    ),
  ]);
}
