/**
 * Answers `?dryRun=true` with the plan of the write, and a write within a plan with nothing. Outside of whatever would
 * keep an answer or wait for it to be in force, and inside of what reads the body: a slow sender must hold no connection.
 */
import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { currentPlan } from '../changes/plan-in-progress.js';
import { isDryRun, PLAN_MEDIA_TYPE, takeDryRunOff } from '../http/dry-run.js';
import { MakePlans, untilPlanned } from './make-plans.js';

@Injectable()
export class PlanInterceptor implements NestInterceptor {
  constructor(@Inject(MakePlans) private readonly plans: MakePlans) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const isAsked = isDryRun(request);
    takeDryRunOff(request);
    const write = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    const plan = currentPlan();
    if (plan !== undefined) return from(untilPlanned(plan, write));
    return isAsked ? from(this.answer(http.getResponse<Response>(), write)) : next.handle();
  }

  private async answer(response: Response, write: () => Promise<unknown>): Promise<string> {
    const view = await this.plans.make((plan) => untilPlanned(plan, write));
    response.status(200).type(PLAN_MEDIA_TYPE);
    return JSON.stringify(view);
  }
}
