import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { statusTree } from '../../domain/status-tree.js';
import { virtualServiceNotFound } from '../changes/change-virtual-service.js';
import { ApiProblems } from '../http/api-problems.js';
import { ConditionalRead } from '../http/conditional-read.js';
import { UuidParam } from '../http/uuid-param.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import { onOneConnection } from '../store/on-one-connection.js';
import { readObservations } from './read-status.js';
import { StatusTreeView } from './status-tree.view.js';

@Controller('/v1/virtual-services/:id/status')
@ApiTags('Virtual Services')
@ApiProblems(400, 401, 404, 503)
export class StatusController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Get()
  @ApiOperation({
    summary: 'Read what is in force of a virtual service, node by node',
    description:
      'The service, its directors, its real servers and their agents: what each has in force, and why it is as it is.',
  })
  @ConditionalRead()
  @ApiOkResponse({ type: StatusTreeView })
  async getVirtualServiceStatus(@UuidParam('id') id: string): Promise<StatusTreeView> {
    const [whole] = await onOneConnection(this.dataSource, async (manager) =>
      readObservations(manager, await loadVirtualServices(manager, [id])),
    );
    if (whole === undefined) throw virtualServiceNotFound(id);
    return StatusTreeView.of(statusTree(whole.service, whole.observation, whole.servers));
  }
}
