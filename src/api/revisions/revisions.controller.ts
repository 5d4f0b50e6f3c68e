import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Failed, failure } from '../../domain/failure.js';
import { FINDING, ListParameters } from '../finding/list-parameters.js';
import type { ListQuery } from '../finding/list-query.js';
import { ApiProblems } from '../http/api-problems.js';
import { ConditionalRead } from '../http/conditional-read.js';
import { ReadRevisions } from './read-revisions.js';
import { RevisionPageView, RevisionView } from './revision.view.js';
import { REVISIONS } from './revision.listing.js';

@Controller('/v1/revisions')
@ApiTags('Revisions')
@ApiProblems(400, 401, 503)
export class RevisionsController {
  constructor(@Inject(ReadRevisions) private readonly revisions: ReadRevisions) {}

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
    description: 'Every object that the revision changed, as it was and as it became.',
  })
  @ConditionalRead()
  @ApiParam({
    name: 'number',
    schema: { type: 'integer', minimum: 1, maximum: 999_999_999_999_999 },
    example: 1,
  })
  @ApiOkResponse({ type: RevisionView })
  @ApiProblems(404)
  getRevision(@Param('number') number: string): Promise<RevisionView> {
    // Text that is no number of a revision names nothing, as an unknown number does.
    if (/^[1-9]\d{0,14}$/.test(number)) return this.revisions.one(Number(number));
    throw new Failed(
      failure('not-found', 'not-found', 'There is no such revision.', 'Revisions are counted from 1.'),
    );
  }
}
