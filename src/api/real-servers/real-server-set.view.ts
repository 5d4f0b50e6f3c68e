import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ServiceWithStatus } from '../status/read-status.js';
import { RealServerView } from './real-server.view.js';
import { MISSING, type MissingNodeView } from '../waiting/missing-node.view.js';

/** All real servers of a virtual service. */
export class RealServerSetView {
  @ApiProperty({ type: 'integer', description: 'Revision of the virtual service that they belong to.' })
  revision: number;

  @ApiProperty({ type: () => [RealServerView], description: 'Oldest first.' })
  items: RealServerView[];

  @ApiPropertyOptional(MISSING)
  missing?: MissingNodeView[];

  static of({ service, servers }: ServiceWithStatus): RealServerSetView {
    return {
      revision: service.revision,
      items: servers.map(({ server, status }) => RealServerView.of(service, server, status)),
    };
  }
}
