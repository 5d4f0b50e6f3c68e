import { ApiProperty } from '@nestjs/swagger';
import { RealServerView } from './real-server.view.js';

/** A page of real servers, oldest first. */
export class RealServerPageView {
  @ApiProperty({ type: () => [RealServerView] })
  items: RealServerView[];

  @ApiProperty({ type: 'string', nullable: true, description: 'Null on the last page.' })
  nextCursor: string | null;

  @ApiProperty({ type: 'integer', required: false, description: 'Only when asked for with `total=true`.' })
  total?: number;
}
