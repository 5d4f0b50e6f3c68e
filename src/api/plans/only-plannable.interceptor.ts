/** Within a plan, lets no request come to anything but to writes that can be planned: others might do something. */
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { currentPlan, notPlannable } from '../changes/plan-in-progress.js';
import { isPlannable } from '../http/dry-run.js';

@Injectable()
export class OnlyPlannableInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (currentPlan() === undefined || isPlannable(context.getHandler())) return next.handle();
    throw notPlannable();
  }
}
