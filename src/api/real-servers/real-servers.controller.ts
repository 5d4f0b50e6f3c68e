import {
  Body,
  Controller,
  Delete,
  Get,
  Inject,
  Patch,
  Post,
  Put,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  PartialType,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { FINDING, ListParameters } from '../finding/list-parameters.js';
import type { ListQuery } from '../finding/list-query.js';
import { ApiProblems } from '../http/api-problems.js';
import { ConditionalRead } from '../http/conditional-read.js';
import { ApprovalQuery } from '../http/approval.query.js';
import { MadeTogether } from '../http/idempotency/made-together.js';
import { Repeatable } from '../http/idempotency/repeatable.js';
import { IfMatch } from '../http/if-match.js';
import { MergePatchBody } from '../http/merge-patch-body.js';
import { ChangeTicketHeader, IfMatchHeader } from '../http/request-headers.js';
import { UuidParam } from '../http/uuid-param.js';
import { ReadRealServers } from './read-real-servers.js';
import { REAL_SERVERS } from './real-server.listing.js';
import { RealServerPageView } from './real-server-page.view.js';
import { RealServerDto } from './real-server.dto.js';
import { ATTACH_EXAMPLES, PATCH_EXAMPLES, REPLACE_EXAMPLES } from './real-server.examples.js';
import { RealServerSetView } from './real-server-set.view.js';
import { RealServerView } from './real-server.view.js';
import { ReplaceRealServersDto } from './replace-real-servers.dto.js';
import { ReplaceRealServersQuery } from './replace-real-servers.query.js';
import { WriteRealServers } from './write-real-servers.js';
import { WaitInterceptor } from '../waiting/wait.interceptor.js';
import { Waitable } from '../waiting/waitable.js';

class RealServerPatchDto extends PartialType(RealServerDto) {}

@Controller('/v1/virtual-services/:id/real-servers')
@ApiTags('Real Servers')
@ApiProblems(400, 401, 404, 503)
@UseInterceptors(WaitInterceptor)
export class RealServersController {
  constructor(
    @Inject(ReadRealServers) private readonly servers: ReadRealServers,
    @Inject(WriteRealServers) private readonly write: WriteRealServers,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List the real servers of a virtual service, oldest first',
    description: FINDING,
  })
  @ConditionalRead()
  @ApiOkResponse({ type: RealServerPageView })
  listRealServers(
    @UuidParam('id') id: string,
    @ListParameters(REAL_SERVERS) query: ListQuery,
  ): Promise<RealServerPageView> {
    return this.servers.page(id, query);
  }

  @Post()
  @ApiOperation({
    summary: 'Add a real server',
    description: 'It gets packets once its agent has proved that the VIP is bound there and silent.',
  })
  @IfMatchHeader()
  @Repeatable()
  @MadeTogether()
  @Waitable('real-server')
  @ChangeTicketHeader()
  @ApiBody({ type: RealServerDto, examples: ATTACH_EXAMPLES })
  @ApiCreatedResponse({ type: RealServerView })
  @ApiProblems(409, 412, 413, 415, 422)
  async attachRealServer(
    @UuidParam('id') id: string,
    @Body() dto: RealServerDto,
    @Res({ passthrough: true }) response: Response,
    @IfMatch() ifMatch?: string,
  ): Promise<RealServerView> {
    const realServerId = await this.write.attach(id, { ifMatch, approve: undefined }, dto);
    response.setHeader('Location', `/v1/virtual-services/${id}/real-servers/${realServerId}`);
    return this.servers.one(id, realServerId);
  }

  @Put()
  @ApiOperation({
    summary: 'Replace the real servers of a virtual service, as one revision',
    description:
      'Who is named and was there keeps id and flows; who is not named is drained and taken out, unless `additiveOnly`. ' +
      'To take away the last ones that get packets needs an approval.',
  })
  @IfMatchHeader()
  @Repeatable()
  @MadeTogether()
  @Waitable('real-servers')
  @ChangeTicketHeader()
  @ApiBody({ type: ReplaceRealServersDto, examples: REPLACE_EXAMPLES })
  @ApiOkResponse({ type: RealServerSetView })
  @ApiProblems(409, 412, 413, 415, 422)
  async replaceRealServers(
    @UuidParam('id') id: string,
    @Body() { realServers }: ReplaceRealServersDto,
    @Query() { approve, additiveOnly = false }: ReplaceRealServersQuery,
    @IfMatch() ifMatch?: string,
  ): Promise<RealServerSetView> {
    await this.write.replace(id, { ifMatch, approve }, realServers, { additiveOnly });
    return this.servers.all(id);
  }

  @Get(':realServerId')
  @ApiOperation({
    summary: 'Read a real server',
    description: 'With what its agent and the directors have made of it, condition by condition.',
  })
  @ConditionalRead()
  @ApiOkResponse({ type: RealServerView })
  getRealServer(
    @UuidParam('id') id: string,
    @UuidParam('realServerId') realServerId: string,
  ): Promise<RealServerView> {
    return this.servers.one(id, realServerId);
  }

  @Patch(':realServerId')
  @ApiOperation({
    summary: 'Change a real server (RFC 7396 merge patch)',
    description: '`{"enabled": false}` drains it: established connections go on for `drainSeconds`.',
  })
  @IfMatchHeader()
  @Repeatable()
  @MadeTogether()
  @Waitable('real-server')
  @ChangeTicketHeader()
  @MergePatchBody(RealServerPatchDto, PATCH_EXAMPLES)
  @ApiOkResponse({ type: RealServerView })
  @ApiProblems(409, 412, 413, 415, 422)
  async patchRealServer(
    @UuidParam('id') id: string,
    @UuidParam('realServerId') realServerId: string,
    @Body() patch: Record<string, unknown>,
    @Query() { approve }: ApprovalQuery,
    @IfMatch() ifMatch?: string,
  ): Promise<RealServerView> {
    await this.write.patch(id, realServerId, { ifMatch, approve }, patch);
    return this.servers.one(id, realServerId);
  }

  @Delete(':realServerId')
  @ApiOperation({
    summary: 'Remove a real server',
    description: 'It is drained, then taken out, and then its host lets go of the VIP.',
  })
  @IfMatchHeader()
  @Repeatable()
  @MadeTogether()
  @Waitable('nothing')
  @ChangeTicketHeader()
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems(409, 412)
  detachRealServer(
    @UuidParam('id') id: string,
    @UuidParam('realServerId') realServerId: string,
    @Query() { approve }: ApprovalQuery,
    @IfMatch() ifMatch?: string,
  ): Promise<void> {
    return this.write.detach(id, realServerId, { ifMatch, approve });
  }
}
