import {
  Body,
  Controller,
  Delete,
  Get,
  Inject,
  Patch,
  Post,
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
import type { ListQuery } from '../finding/list-query.js';
import { FINDING, ListParameters } from '../finding/list-parameters.js';
import { sparse } from '../finding/sparse.js';
import { ApiProblems } from '../http/api-problems.js';
import { ConditionalRead } from '../http/conditional-read.js';
import { ApprovalQuery } from '../http/approval.query.js';
import { MadeTogether } from '../http/idempotency/made-together.js';
import { Repeatable } from '../http/idempotency/repeatable.js';
import { IfMatch } from '../http/if-match.js';
import { MergePatchBody } from '../http/merge-patch-body.js';
import { ChangeTicketHeader, IfMatchHeader } from '../http/request-headers.js';
import { UuidParam } from '../http/uuid-param.js';
import type { WrittenPage } from '../http/written-page.js';
import { VIRTUAL_SERVICES } from './virtual-service.listing.js';
import { ReadVirtualServices } from './read-virtual-services.js';
import { VirtualServicePageView } from './virtual-service-page.view.js';
import { CREATE_EXAMPLES, PATCH_EXAMPLES } from './virtual-service.examples.js';
import { CreateVirtualServiceDto, VirtualServiceFieldsDto } from './virtual-service.dto.js';
import { VirtualServiceView } from './virtual-service.view.js';
import { WriteVirtualServices } from './write-virtual-services.js';
import { WaitInterceptor } from '../waiting/wait.interceptor.js';
import { Waitable } from '../waiting/waitable.js';

class VirtualServicePatchDto extends PartialType(VirtualServiceFieldsDto) {}

@Controller('/v1/virtual-services')
@ApiTags('Virtual Services')
@ApiProblems(400, 401, 503)
@UseInterceptors(WaitInterceptor)
export class VirtualServicesController {
  constructor(
    @Inject(ReadVirtualServices) private readonly services: ReadVirtualServices,
    @Inject(WriteVirtualServices) private readonly write: WriteVirtualServices,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List virtual services, oldest first', description: FINDING })
  @ConditionalRead()
  @ApiOkResponse({ type: VirtualServicePageView })
  async listVirtualServices(
    @ListParameters(VIRTUAL_SERVICES.listing) query: ListQuery,
  ): Promise<VirtualServicePageView | WrittenPage> {
    const written = await this.services.written(query);
    if (written !== null) return written;
    const page = await this.services.page(query);
    const views = page.items.map((one) => VirtualServiceView.of(one));
    return { ...page, items: sparse(views, query.fields) };
  }

  @Post()
  @ApiOperation({
    summary: 'Create a virtual service, with its real servers if given',
    description:
      'Real servers are set up by their agents, and get packets once they hold the VIP and are silent about it. ' +
      'Follow `status` to see how far that is.',
  })
  @Repeatable()
  @MadeTogether()
  @Waitable('virtual-service')
  @ChangeTicketHeader()
  @ApiBody({ type: CreateVirtualServiceDto, examples: CREATE_EXAMPLES })
  @ApiCreatedResponse({ type: VirtualServiceView })
  @ApiProblems(409, 413, 415, 422)
  async createVirtualService(
    @Body() dto: CreateVirtualServiceDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VirtualServiceView> {
    const service = await this.write.create(dto);
    response.setHeader('Location', `/v1/virtual-services/${service.id}`);
    return VirtualServiceView.of(await this.services.of(service));
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Read a virtual service',
    description: 'With its real servers, and with what is in force of it as the nodes have confirmed it.',
  })
  @ConditionalRead()
  @ApiOkResponse({ type: VirtualServiceView })
  @ApiProblems(404)
  async getVirtualService(@UuidParam('id') id: string): Promise<VirtualServiceView> {
    return VirtualServiceView.of(await this.services.one(id));
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change a virtual service (RFC 7396 merge patch)',
    description: 'Send only what shall change; null brings a field back to its default.',
  })
  @IfMatchHeader()
  @Repeatable()
  @MadeTogether()
  @Waitable('virtual-service')
  @ChangeTicketHeader()
  @MergePatchBody(VirtualServicePatchDto, PATCH_EXAMPLES)
  @ApiOkResponse({ type: VirtualServiceView })
  @ApiProblems(404, 409, 412, 413, 415, 422)
  async patchVirtualService(
    @UuidParam('id') id: string,
    @Body() patch: Record<string, unknown>,
    @Query() { approve }: ApprovalQuery,
    @IfMatch() ifMatch?: string,
  ): Promise<VirtualServiceView> {
    await this.write.patch(id, { ifMatch, approve }, patch);
    return VirtualServiceView.of(await this.services.one(id));
  }

  @Delete(':id')
  @ApiOperation({
    summary: 'Delete a virtual service and its real servers',
    description:
      'Directors stop forwarding first; the VIP leaves the hosts when all directors have confirmed that.',
  })
  @IfMatchHeader()
  @Repeatable()
  @MadeTogether()
  @Waitable('nothing')
  @ChangeTicketHeader()
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems(404, 409, 412)
  deleteVirtualService(
    @UuidParam('id') id: string,
    @Query() { approve }: ApprovalQuery,
    @IfMatch() ifMatch?: string,
  ): Promise<void> {
    return this.write.remove(id, { ifMatch, approve });
  }
}
