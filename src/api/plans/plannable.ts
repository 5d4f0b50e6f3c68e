import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiExtraModels, ApiQuery } from '@nestjs/swagger';
import { DRY_RUN, MarkPlannable } from '../http/dry-run.js';
import { PlanInterceptor } from './plan.interceptor.js';
import { PlanView } from './plan.view.js';

/**
 * The write can be planned: with `?dryRun=true`, and in `POST /v1/plans`. What it does must go by ChangeVirtualService, or
 * ask `planOf` where it would begin to write. buildOpenApiDocument adds the plan to its answers.
 */
export const Plannable = () =>
  applyDecorators(
    UseInterceptors(PlanInterceptor),
    MarkPlannable(),
    ApiExtraModels(PlanView),
    ApiQuery({
      name: DRY_RUN,
      required: false,
      schema: { type: 'boolean', default: false },
      description:
        'True: nothing is done, and the answer is the plan of what would be. `Idempotency-Key` and `Prefer: wait` mean nothing then.',
    }),
  );
