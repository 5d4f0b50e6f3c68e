/** Makes plans: lets writes say what they would do, in a transaction that cannot write, and judges all of it at once. */
import { Inject, Injectable } from '@nestjs/common';
import { Failed, type Failure, type RuleViolation } from '../../domain/failure.js';
import { judgePlan } from '../changes/judge-plan.js';
import { beginPlan, Planned, type PlanInProgress } from '../changes/plan-in-progress.js';
import { joinTransaction } from '../store/joined-transaction.js';
import { Transactions } from '../store/transactions.js';
import { PlanView } from './plan.view.js';

@Injectable()
export class MakePlans {
  constructor(@Inject(Transactions) private readonly transactions: Transactions) {}

  /** @param ask asks the writes what they would do; each stops where it would begin to do it. */
  make(ask: (plan: PlanInProgress) => Promise<void>): Promise<PlanView> {
    return this.transactions.plan(async (manager) => {
      const plan = beginPlan(manager);
      await joinTransaction(manager, () => ask(plan));
      return PlanView.of(await judgePlan(manager, plan.taken()));
    });
  }
}

/**
 * Goes through a write up to where it would do something. That it would be refused, with 409 or 422, is what the plan is to
 * tell; what cannot be read, or is about nothing that there is, has no plan.
 */
export async function untilPlanned(plan: PlanInProgress, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof Planned) return;
    if (!(error instanceof Failed) || !isRefusal(error.failure)) throw error;
    plan.refuse(refusals(error.failure));
    return;
  }
  throw new Error('a write was asked what it would do, and said nothing');
}

function isRefusal({ kind }: Failure): boolean {
  return kind === 'conflict' || kind === 'unprocessable';
}

function refusals({ code, message, hint, violations }: Failure): readonly RuleViolation[] {
  if (violations.length > 0) return violations;
  return [{ kind: 'conflict', code, field: '', message, hint: hint ?? '' }];
}
