import { Body, Controller, HttpCode, Inject, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems.js';
import { ApprovalQuery } from '../http/approval.query.js';
import { Repeatable } from '../http/idempotency/repeatable.js';
import { IfMatch } from '../http/if-match.js';
import { ChangeTicketHeader, IfMatchHeader } from '../http/request-headers.js';
import { UuidParam } from '../http/uuid-param.js';
import { WaitInterceptor } from '../waiting/wait.interceptor.js';
import { Waitable } from '../waiting/waitable.js';
import { BulkRealServersDto } from './bulk-real-servers.dto.js';
import { BulkRealServers } from './bulk-real-servers.js';
import { BulkRealServersView } from './bulk-real-servers.view.js';
import { BULK_EXAMPLES } from './real-server.examples.js';
import { ReadRealServers } from './read-real-servers.js';

@Controller('/v1/virtual-services/:id/real-servers/bulk')
@ApiTags('Real Servers')
@ApiProblems(400, 401, 404, 503)
@UseInterceptors(WaitInterceptor)
export class BulkRealServersController {
  constructor(
    @Inject(ReadRealServers) private readonly servers: ReadRealServers,
    @Inject(BulkRealServers) private readonly write: BulkRealServers,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Add, patch and remove many real servers of a virtual service, all or none',
    description:
      'One revision. Where something is refused, nothing is done, and `errors` name it by its place, such as ' +
      '`/create/3/address`. To say which there shall be, and not what shall be done, use PUT.',
  })
  @IfMatchHeader()
  @Repeatable()
  @Waitable('real-servers-in-bulk')
  @ChangeTicketHeader()
  @ApiBody({ type: BulkRealServersDto, examples: BULK_EXAMPLES })
  @ApiOkResponse({ type: BulkRealServersView })
  @ApiProblems(409, 412, 413, 415, 422)
  async bulkRealServers(
    @UuidParam('id') id: string,
    @Body() dto: BulkRealServersDto,
    @Query() { approve }: ApprovalQuery,
    @IfMatch() ifMatch?: string,
  ): Promise<BulkRealServersView> {
    const { created, patched, deleted } = await this.write.run(id, { ifMatch, approve }, dto);
    const { revision, items } = await this.servers.all(id);
    const shown = new Map(items.map((server) => [server.id, server]));
    const viewsOf = (ids: readonly string[]) => ids.flatMap((each) => shown.get(each) ?? []);
    return { revision, created: viewsOf(created), patched: viewsOf(patched), deleted };
  }
}
