/**
 * Plans many writes together: each is handed to the application as a request of its own within the plan, so that it is
 * read, checked and refused just as if it were sent, and no write has to be known here.
 */
import type { RequestListener } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { RuleViolation } from '../../domain/failure.js';
import type { PlanInProgress } from '../changes/plan-in-progress.js';
import { Violations } from '../http/bulk/violations.js';
import type { Problem } from '../http/problem.js';
import { MakePlans } from './make-plans.js';
import type { PlanView } from './plan.view.js';
import type { PlannedWriteDto } from './planned-writes.dto.js';
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
      for (const [index, write] of writes.entries())
        await this.ask(plan, index, write, authorization, unreadable);
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
    if (status >= 500) throw new Error(`a write that was only planned failed: ${problem.code}`);
    const violations = problem.errors.map((each) => violationOf(each, place, status));
    plan.place = '';
    if (REFUSALS.has(status)) plan.refuse(violations);
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

/** Of writes that can be read. What is about nothing that there is would be refused as well: it may come to be by then. */
const REFUSALS: ReadonlySet<number> = new Set([404, 409, 412, 422]);

/** A pointer is into the body of the write; a header or a parameter is of the write itself. */
function violationOf(
  { code, field, message, hint }: Problem['errors'][number],
  place: string,
  status: number,
): RuleViolation {
  const isPointer = field === '' || field?.startsWith('/') === true;
  return {
    kind: REFUSALS.has(status) ? 'conflict' : 'invalid',
    code,
    field: isPointer ? `${place}/body${field}` : place,
    message,
    hint: hint ?? '',
  };
}
