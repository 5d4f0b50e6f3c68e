import { ApiProperty } from '@nestjs/swagger';
import { VirtualServiceView } from './virtual-service.view.js';

/** A page of virtual services, oldest first. */
export class VirtualServicePageView {
  @ApiProperty({ type: () => [VirtualServiceView] })
  items: VirtualServiceView[];

  @ApiProperty({ type: 'string', nullable: true, description: 'Null on the last page.' })
  nextCursor: string | null;

  @ApiProperty({ type: 'integer', required: false, description: 'Only when asked for with `total=true`.' })
  total?: number;
}
