import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import { Public } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { readCommitOrder } from '../store/commit-order.js';
import { HealthView } from './health.view.js';

@Controller()
@Public()
@ApiTags('Probes')
@ApiSecurity({})
@ApiProblems(400)
export class HealthController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Get('healthz')
  @ApiOperation({
    summary: 'Is this process alive?',
    description: 'Asks nothing else, so that a database that is away restarts nobody.',
  })
  @ApiOkResponse({ type: HealthView })
  getLiveness(): HealthView {
    return { status: 'ok' };
  }

  @Get('readyz')
  @ApiOperation({
    summary: 'Can this process do its work: is the database there, with its schema?',
    description: 'For whoever sends requests here: 503 while it cannot.',
  })
  @ApiOkResponse({ type: HealthView })
  @ApiProblems(503)
  async getReadiness(): Promise<HealthView> {
    try {
      await readCommitOrder(this.dataSource.manager);
      return { status: 'ok' };
    } catch {
      throw new Failed(
        failure('unavailable', 'database-unavailable', 'The database does not answer.', 'Try again later.'),
      );
    }
  }
}
