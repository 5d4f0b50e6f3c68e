/** Makes plans: lets writes say what they would do, in a transaction that cannot write, and judges all of it at once. */
import { Inject, Injectable } from '@nestjs/common';
import { Failed, type Failure, type RuleViolation } from '../../domain/failure.js';
import { Breaths } from '../../platform/breaths.js';
import { judgePlan } from '../changes/judge-plan.js';
import { beginPlan, Planned, type PlanInProgress } from '../changes/plan-in-progress.js';
import { AskMovedFlows } from '../foretelling/ask-moved-flows.js';
import { foretellNodes } from '../foretelling/foretell-nodes.js';
import { PlannedNodesView } from '../foretelling/planned-nodes.view.js';
import { joinTransaction } from '../store/joined-transaction.js';
import { Transactions } from '../store/transactions.js';
import { inTime } from './in-time.js';
import { planDigest } from './plan-digest.js';
import { PlanView } from './plan.view.js';

@Injectable()
export class MakePlans {
  constructor(
    @Inject(Transactions) private readonly transactions: Transactions,
    @Inject(AskMovedFlows) private readonly flows: AskMovedFlows,
  ) {}

  /** @param ask asks the writes what they would do; each stops where it would begin to do it. */
  async make(ask: (plan: PlanInProgress) => Promise<void>): Promise<PlanView> {
    const { judged, nodes, digest } = await this.transactions.plan((manager) =>
      inTime(manager, async (within) => {
        const plan = beginPlan(manager, within);
        await joinTransaction(manager, () => ask(plan));
        const judging = await judgePlan(manager, plan.taken());
        const breaths = new Breaths(within);
        const foretold = await foretellNodes(manager, judging, breaths);
        return { judged: judging, nodes: foretold, digest: await planDigest(judging.entries, breaths) };
      }),
    );
    // Nobody waits for directors with a snapshot in hand.
    const counted = await this.flows.count(nodes.services);
    return PlanView.of(judged, digest, PlannedNodesView.of(nodes, counted));
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
