/**
 * Plans many writes together: each is handed to the application as a request of its own within the plan, so that it is
 * read, checked and refused just as if it were sent, and no write has to be known here.
 */
import type { RequestListener } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Failed } from '../../domain/failure.js';
import type { PlanInProgress } from '../changes/plan-in-progress.js';
import { Violations } from '../http/bulk/violations.js';
import type { Problem } from '../http/problem.js';
import { MakePlans } from './make-plans.js';
import type { PlanView } from './plan.view.js';
import type { PlannedWriteDto } from './planned-writes.dto.js';
import { isRefusal, stoppedBy, violationOf } from './problem-within.js';
import { requestWithin, type AnswerWithin } from './request-within.js';

@Injectable()
export class PlanWrites {
  constructor(
    @Inject(MakePlans) private readonly plans: MakePlans,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  /** @param authorization the caller's, for each of the writes. */
  together(writes: readonly PlannedWriteDto[], authorization: string): Promise<PlanView> {
    return this.plans.make(async (plan) => {
      const unreadable = new Violations();
      for (const [index, write] of writes.entries()) {
        plan.within.throwIfAborted();
        await this.ask(plan, index, write, authorization, unreadable);
      }
      unreadable.throwIfAny();
    });
  }

  private async ask(
    plan: PlanInProgress,
    index: number,
    write: PlannedWriteDto,
    authorization: string,
    unreadable: Violations,
  ): Promise<void> {
    const place = `/changes/${index}`;
    plan.place = `${place}/body`;
    const { status, text } = await this.send(write, authorization);
    if (status < 400) return;
    const problem = JSON.parse(text) as Problem;
    const stopped = stoppedBy(problem, place);
    if (stopped !== null) throw new Failed(stopped);
    const violations = problem.errors.map((each) => violationOf(each, place, status));
    plan.place = '';
    if (isRefusal(status)) plan.refuse(violations);
    else for (const each of violations) unreadable.add(each);
  }

  private send(
    { method, path, body, ifMatch }: PlannedWriteDto,
    authorization: string,
  ): Promise<AnswerWithin> {
    const headers = {
      authorization,
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const application = this.host.httpAdapter.getInstance<RequestListener>();
    return requestWithin(application, { method, path, headers, text });
  }
}
