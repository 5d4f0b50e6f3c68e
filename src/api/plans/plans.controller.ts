import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../http/api-problems.js';
import { BULK_BODY_BYTES } from '../http/bulk/bulk-limits.js';
import { PLAN_MEDIA_TYPE } from '../http/dry-run.js';
import { BodyLimit } from '../http/strict-json-body.js';
import { PlanWrites } from './plan-writes.js';
import { PlanView } from './plan.view.js';
import { PLAN_EXAMPLES } from './plan.examples.js';
import { PlannedWritesDto } from './planned-writes.dto.js';

@Controller('/v1/plans')
@ApiTags('Plans')
@ApiProblems(400, 401, 413, 415, 503)
export class PlansController {
  constructor(@Inject(PlanWrites) private readonly plans: PlanWrites) {}

  @Post()
  @HttpCode(200)
  @BodyLimit(BULK_BODY_BYTES)
  @ApiOperation({
    summary: 'Plan up to 1,000 writes together; nothing is done',
    description:
      'What they would do as one change: each finds what those before it would have left. Writes of virtual services and of ' +
      'their real servers can be planned so. A single write is planned by `?dryRun=true` as well.',
  })
  @ApiBody({ type: PlannedWritesDto, examples: PLAN_EXAMPLES })
  @ApiExtraModels(PlanView)
  @ApiResponse({
    status: 200,
    description: 'The plan.',
    content: { [PLAN_MEDIA_TYPE]: { schema: { $ref: getSchemaPath(PlanView) } } },
  })
  async planWrites(
    @Body() { changes }: PlannedWritesDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const plan = await this.plans.together(changes, request.get('Authorization') ?? '');
    response.type(PLAN_MEDIA_TYPE);
    return JSON.stringify(plan);
  }
}
