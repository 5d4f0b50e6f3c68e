/**
 * A plan that is being made: it takes the changes that writes would make, in the place of committing them, and lets each
 * write see what those before it would have left. It belongs to a transaction in which PostgreSQL refuses to write.
 */
import type { EntityManager } from 'typeorm';
import { Failed, failure, type RuleViolation } from '../../domain/failure.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { joinedTransaction } from '../store/joined-transaction.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import type { PlannedObjects } from './planned-objects.js';
import { changesSomething, type ServiceChange } from './service-change.js';

/** What all writes of a plan together would do. */
export interface TakenChanges {
  readonly changes: readonly ServiceChange[];
  /** Why some of them would be refused. */
  readonly refused: readonly RuleViolation[];
  /** What they would do beside changes of services. */
  readonly objects: PlannedObjects;
  /** The difference that the caller approves. */
  readonly approve: string | undefined;
}

/** Thrown by a write that has said what it would do, and goes no further. */
export class Planned extends Error {}

export class PlanInProgress {
  private readonly changes = new Map<string, ServiceChange>();
  private readonly refused: RuleViolation[] = [];
  private objects: PlannedObjects = { entries: [], documents: [] };
  private approve: string | undefined;
  /** Where in the request stands the write that is being planned. */
  place = '';

  /** @param within aborted when it has taken too long. */
  constructor(
    readonly manager: EntityManager,
    readonly within: AbortSignal,
  ) {}

  /** A write of it has said that it would change something. */
  get hasChanges(): boolean {
    return this.changes.size > 0;
  }

  /** Those that there are, or would be by now, of these services. */
  async find(ids: readonly string[]): Promise<ReadonlyMap<string, VirtualService>> {
    const stored = await loadVirtualServices(
      this.manager,
      ids.filter((id) => !this.changes.has(id)),
    );
    const planned = ids.flatMap((id) => this.changes.get(id)?.after ?? []);
    return new Map([...stored, ...planned].map((service) => [service.id, service]));
  }

  /** @throws Planned, always. */
  take(changes: readonly ServiceChange[], approve: string | undefined): never {
    this.approve = approve ?? this.approve;
    for (const change of changes) this.add(change);
    throw new Planned();
  }

  /** The same for the write of a node: such a write is planned alone, for it is never one change with others. */
  takeObjects(objects: PlannedObjects): never {
    if (this.place !== '') throw notPlannable();
    this.objects = objects;
    throw new Planned();
  }

  /** The write would be refused. */
  refuse(violations: readonly RuleViolation[]): void {
    this.refused.push(...violations.map((each) => ({ ...each, field: this.place + each.field })));
  }

  taken(): TakenChanges {
    const { refused, objects, approve } = this;
    return { changes: [...this.changes.values()].filter(changesSomething), refused, objects, approve };
  }

  private add({ before, after, where }: ServiceChange): void {
    const id = (after ?? before)?.id ?? '';
    const { place } = this;
    const earlier = this.changes.get(id);
    this.changes.set(id, {
      before: earlier === undefined ? before : earlier.before,
      after,
      where: (field) => place + where(field),
    });
  }
}

export function notPlannable(): Failed {
  return new Failed(
    failure(
      'method-not-allowed',
      'not-plannable',
      'This is no write that can be planned together with others.',
      'Writes of virtual services and of their real servers can.',
    ),
  );
}

const plans = new WeakMap<EntityManager, PlanInProgress>();

export function beginPlan(manager: EntityManager, within: AbortSignal): PlanInProgress {
  const plan = new PlanInProgress(manager, within);
  plans.set(manager, plan);
  return plan;
}

/** Undefined where the change is to be made. */
export function planOf(manager: EntityManager): PlanInProgress | undefined {
  return plans.get(manager);
}

/** The plan that the current request is part of. */
export function currentPlan(): PlanInProgress | undefined {
  const manager = joinedTransaction();
  return manager === undefined ? undefined : planOf(manager);
}
