import { Body, Controller, HttpCode, Inject, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems.js';
import { ApprovalQuery } from '../http/approval.query.js';
import { BULK_BODY_BYTES } from '../http/bulk/bulk-limits.js';
import { Repeatable } from '../http/idempotency/repeatable.js';
import { ChangeTicketHeader } from '../http/request-headers.js';
import { BodyLimit } from '../http/strict-json-body.js';
import { WaitInterceptor } from '../waiting/wait.interceptor.js';
import { Waitable } from '../waiting/waitable.js';
import { BulkVirtualServicesDto } from './bulk-virtual-services.dto.js';
import { BulkVirtualServicesView } from './bulk-virtual-services.view.js';
import { ReadVirtualServices } from './read-virtual-services.js';
import { BULK_EXAMPLES } from './virtual-service.examples.js';
import { VirtualServiceView } from './virtual-service.view.js';
import { WriteVirtualServices } from './write-virtual-services.js';

@Controller('/v1/virtual-services/bulk')
@ApiTags('Virtual Services')
@ApiProblems(400, 401, 503)
@UseInterceptors(WaitInterceptor)
export class BulkVirtualServicesController {
  constructor(
    @Inject(ReadVirtualServices) private readonly services: ReadVirtualServices,
    @Inject(WriteVirtualServices) private readonly write: WriteVirtualServices,
  ) {}

  @Post()
  @HttpCode(200)
  @BodyLimit(BULK_BODY_BYTES)
  @ApiOperation({
    summary: 'Create, patch and delete many virtual services, all or none',
    description:
      'One transaction and one revision for up to 1,000 of them. What one of them makes room for, another may take. Where ' +
      'something is refused, nothing is done, and `errors` name it by its place, such as `/create/3/port`.',
  })
  @Repeatable()
  @Waitable('virtual-services-in-bulk')
  @ChangeTicketHeader()
  @ApiBody({ type: BulkVirtualServicesDto, examples: BULK_EXAMPLES })
  @ApiOkResponse({ type: BulkVirtualServicesView })
  @ApiProblems(409, 412, 413, 415, 422)
  async bulkVirtualServices(
    @Body() dto: BulkVirtualServicesDto,
    @Query() { approve }: ApprovalQuery,
  ): Promise<BulkVirtualServicesView> {
    const { revision, created, patched, deleted } = await this.write.bulk(dto, approve);
    const shown = await this.services.several([...created, ...patched]);
    const viewsOf = (ids: readonly string[]) =>
      ids.flatMap((id) => {
        const service = shown.get(id);
        return service === undefined ? [] : [VirtualServiceView.of(service)];
      });
    return { revision, created: viewsOf(created), patched: viewsOf(patched), deleted };
  }
}
