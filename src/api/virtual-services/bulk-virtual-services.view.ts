import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PROGRESS, type RevisionProgressView } from '../progress/progress.view.js';
import { VirtualServiceView } from './virtual-service.view.js';

/** What has become of many virtual services, in the order of the lists that were sent. */
export class BulkVirtualServicesView {
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The one revision of all of it; null where nothing had to be changed.',
  })
  revision: number | null;

  @ApiProperty({ type: () => [VirtualServiceView] })
  created: VirtualServiceView[];

  @ApiProperty({ type: () => [VirtualServiceView] })
  patched: VirtualServiceView[];

  @ApiProperty({ type: 'array', items: { type: 'string', format: 'uuid' } })
  deleted: readonly string[];

  @ApiPropertyOptional(PROGRESS)
  progress?: RevisionProgressView;
}
