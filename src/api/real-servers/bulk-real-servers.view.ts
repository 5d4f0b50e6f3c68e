import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MISSING, type MissingNodeView } from '../waiting/missing-node.view.js';
import { RealServerView } from './real-server.view.js';

/** What has become of real servers, in the order of the lists that were sent. */
export class BulkRealServersView {
  @ApiProperty({ type: 'integer', description: 'Revision of the virtual service that they belong to.' })
  revision: number;

  @ApiProperty({ type: () => [RealServerView] })
  created: RealServerView[];

  @ApiProperty({ type: () => [RealServerView] })
  patched: RealServerView[];

  @ApiProperty({ type: 'array', items: { type: 'string', format: 'uuid' } })
  deleted: readonly string[];

  @ApiPropertyOptional(MISSING)
  missing?: MissingNodeView[];
}
