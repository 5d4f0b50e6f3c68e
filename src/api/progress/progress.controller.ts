import { Controller, Get, Inject, Param, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems.js';
import { ConditionalRead } from '../http/conditional-read.js';
import { revisionNumber } from '../revisions/kept-history.js';
import { WaitInterceptor } from '../waiting/wait.interceptor.js';
import { Waitable } from '../waiting/waitable.js';
import { RevisionProgressView } from './progress.view.js';
import { ReadProgress } from './read-progress.js';

@Controller('/v1/revisions/:number/progress')
@ApiTags('Revisions')
@ApiProblems(400, 401, 404, 503)
@UseInterceptors(WaitInterceptor)
export class ProgressController {
  constructor(@Inject(ReadProgress) private readonly progress: ReadProgress) {}

  @Get()
  @ApiOperation({
    summary: 'Read how far a revision is in force, and which nodes are behind',
    description:
      'Counts the virtual services that the revision has changed: those that all nodes have confirmed as it left them, those ' +
      'that nodes lack, with who lacks them and why, and those that later revisions have changed. With `Prefer: wait` it is ' +
      'answered when no node lacks any of it. A revision that has changed nodes alone has no services, and nothing to wait for.',
  })
  @ConditionalRead()
  @Waitable('progress')
  @ApiParam({
    name: 'number',
    schema: { type: 'integer', minimum: 0, maximum: 999_999_999_999_999 },
    example: 1,
  })
  @ApiOkResponse({ type: RevisionProgressView })
  getRevisionProgress(@Param('number') number: string): Promise<RevisionProgressView> {
    return this.progress.of(revisionNumber(number));
  }
}
