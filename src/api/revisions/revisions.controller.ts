import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { AppliedView } from '../changes/applied.view.js';
import { FINDING, ListParameters } from '../finding/list-parameters.js';
import type { ListQuery } from '../finding/list-query.js';
import { ApiProblems } from '../http/api-problems.js';
import { ApprovalQuery } from '../http/approval.query.js';
import { ConditionalRead } from '../http/conditional-read.js';
import { Repeatable } from '../http/idempotency/repeatable.js';
import { IfMatch } from '../http/if-match.js';
import { ChangeTicketHeader, IfMatchHeader } from '../http/request-headers.js';
import { WaitInterceptor } from '../waiting/wait.interceptor.js';
import { Waitable } from '../waiting/waitable.js';
import { ChangesQuery } from './changes.query.js';
import { DifferenceQuery } from './difference.query.js';
import { DifferenceView } from './difference.view.js';
import { revisionNumber } from './kept-history.js';
import { ReadDifference } from './read-difference.js';
import { ReadRevisions } from './read-revisions.js';
import { RevisionPageView, RevisionView } from './revision.view.js';
import { REVISIONS } from './revision.listing.js';
import { RollBack } from './roll-back.js';
import { ROLLBACK_EXAMPLES } from './rollback.examples.js';
import { RollbackDto } from './rollback.dto.js';

const NUMBER = {
  name: 'number',
  schema: { type: 'integer' as const, minimum: 0, maximum: 999_999_999_999_999 },
  example: 1,
};

@Controller('/v1/revisions')
@ApiTags('Revisions')
@ApiProblems(400, 401, 503)
@UseInterceptors(WaitInterceptor)
export class RevisionsController {
  constructor(
    @Inject(ReadRevisions) private readonly revisions: ReadRevisions,
    @Inject(ReadDifference) private readonly difference: ReadDifference,
    @Inject(RollBack) private readonly rollback: RollBack,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List accepted changes, newest first', description: FINDING })
  @ConditionalRead()
  @ApiOkResponse({ type: RevisionPageView })
  listRevisions(@ListParameters(REVISIONS.listing) query: ListQuery): Promise<RevisionPageView> {
    return this.revisions.page(query);
  }

  @Get(':number')
  @ApiOperation({
    summary: 'Read a revision: who, when, under which ticket, before and after',
    description: 'Every object that the revision changed, as it was and as it became; of very many in pages.',
  })
  @ConditionalRead()
  @ApiParam(NUMBER)
  @ApiOkResponse({ type: RevisionView })
  @ApiProblems(404)
  getRevision(@Param('number') number: string, @Query() page: ChangesQuery): Promise<RevisionView> {
    return this.revisions.one(revisionNumber(number), page);
  }

  @Get(':number/difference')
  @ApiOperation({
    summary: 'Read what is otherwise at another revision, object by object',
    description:
      'From the state at this revision to that at `to`, which may be older: virtual services, real servers and nodes, each ' +
      'with `before` and `after`, in the order of their ids. What was made and deleted between them, or changed and ' +
      'changed back, is not in it.',
  })
  @ConditionalRead()
  @ApiParam(NUMBER)
  @ApiOkResponse({ type: DifferenceView })
  @ApiProblems(404)
  getDifference(
    @Param('number') number: string,
    @Query() { to, ...page }: DifferenceQuery,
  ): Promise<DifferenceView> {
    return this.difference.between(revisionNumber(number), to, page);
  }

  @Post(':number/rollback')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Make of all virtual services, or of one, what they were at a revision',
    description:
      'As a new revision, all or none: what was changed since is changed back, what was made is deleted, and what was ' +
      'deleted comes back under its id, with its real servers. Nodes and attestations are left as they are. 0 is the state ' +
      'before the first revision. `errors` name services by their ids: `/<id>/port`. As `If-Match` it takes the number of ' +
      'the newest revision: `"42"`.',
  })
  @IfMatchHeader()
  @Repeatable()
  @Waitable('changes')
  @ChangeTicketHeader()
  @ApiParam(NUMBER)
  @ApiBody({ type: RollbackDto, examples: ROLLBACK_EXAMPLES })
  @ApiOkResponse({ type: AppliedView })
  @ApiProblems(404, 409, 412, 413, 415, 422)
  rollBack(
    @Param('number') number: string,
    @Body() { virtualServiceId }: RollbackDto,
    @Query() { approve }: ApprovalQuery,
    @IfMatch() ifMatch?: string,
  ): Promise<AppliedView> {
    const id = virtualServiceId?.toLowerCase() ?? null;
    return this.rollback.to(revisionNumber(number), id, { ifMatch, approve });
  }
}
