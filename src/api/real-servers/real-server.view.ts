import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { RealServer } from '../../domain/real-server.js';
import type { Status } from '../../domain/status.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { StatusView } from '../http/status.view.js';
import { AttestationView } from './attestation.view.js';
import { MISSING, type MissingNodeView } from '../waiting/missing-node.view.js';

/** A real server and how it is. */
export class RealServerView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: '192.0.2.11', description: 'In its canonical spelling.' })
  address: string;

  @ApiProperty({ type: 'integer', example: 80, description: "The service's port where none was set." })
  port: number;

  @ApiProperty({ type: 'integer', example: 1000 })
  weight: number;

  @ApiProperty({ enum: ['direct-return', 'nat'], enumName: 'ForwardingMethod' })
  forwardingMethod: RealServer['forwardingMethod'];

  @ApiProperty()
  enabled: boolean;

  @ApiProperty({ description: 'True: gets new flows only while too few of the others are healthy.' })
  backup: boolean;

  @ApiProperty({ description: 'False: no agent runs there.' })
  managed: boolean;

  @ApiProperty({
    type: () => AttestationView,
    nullable: true,
    description: "Of one without an agent: an operator's word that its host holds the VIP silently.",
  })
  attestation: AttestationView | null;

  @ApiProperty({ type: 'integer', description: 'Revision of the virtual service that it belongs to.' })
  revision: number;

  @ApiProperty({ type: () => StatusView })
  status: StatusView;

  @ApiPropertyOptional(MISSING)
  missing?: MissingNodeView[];

  static of(service: VirtualService, server: RealServer, status: Status): RealServerView {
    const { id, address, weight, forwardingMethod, enabled, backup, managed, attestation } = server;
    return {
      id,
      address,
      port: server.port ?? service.port,
      weight,
      forwardingMethod,
      enabled,
      backup,
      managed,
      attestation: attestation === null ? null : AttestationView.of(attestation),
      revision: service.revision,
      status: StatusView.of(status),
    };
  }
}
