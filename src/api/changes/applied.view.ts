import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { VirtualService } from '../../domain/virtual-service.js';
import { PROGRESS, type RevisionProgressView } from '../progress/progress.view.js';
import type { ServiceChange } from './service-change.js';

/** What became of one virtual service. */
export class AppliedChangeView {
  @ApiProperty({ enum: ['create', 'update', 'delete'], enumName: 'ChangeAction' })
  action: 'create' | 'update' | 'delete';

  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'shop' })
  name: string;

  @ApiProperty({ example: '192.0.2.200' })
  address: string;

  @ApiProperty({ enum: ['tcp', 'udp'], enumName: 'Protocol' })
  protocol: VirtualService['protocol'];

  @ApiProperty({ type: 'integer', example: 80 })
  port: number;

  static of({ before, after }: ServiceChange): AppliedChangeView[] {
    const service = after ?? before;
    if (service === null) return [];
    const { id, name, address, protocol, port } = service;
    const action = before === null ? 'create' : after === null ? 'delete' : 'update';
    return [{ action, id, name, address, protocol, port }];
  }
}

/** What a change of many virtual services at once has done. */
export class AppliedView {
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The one revision of all of it; null where nothing had to be changed.',
  })
  revision: number | null;

  @ApiProperty({
    type: () => [AppliedChangeView],
    description: 'Services that were left alone are not in it.',
  })
  changes: AppliedChangeView[];

  @ApiPropertyOptional(PROGRESS)
  progress?: RevisionProgressView;
}
