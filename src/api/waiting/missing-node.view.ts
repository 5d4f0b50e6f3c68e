import { ApiProperty } from '@nestjs/swagger';
import type { MissingNode } from '../../domain/missing-nodes.js';

/** A node that does not have the newest state in force, and why. */
export class MissingNodeView implements MissingNode {
  @ApiProperty({ enum: ['director', 'agent'], enumName: 'NodeRole' })
  role: MissingNode['role'];

  @ApiProperty({ type: 'string', nullable: true, example: 'lb-1', description: 'Null: none has joined.' })
  node: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: null,
    description: 'Address of the real server that it is about; null: all of the service.',
  })
  realServer: string | null;

  @ApiProperty({ example: 'NotConfirmed', description: 'Why, for programs.' })
  reason: string;

  @ApiProperty({
    example: 'lb-1 has not confirmed it yet.',
    description: 'Why, and what to do about it, for people.',
  })
  message: string;
}

export const MISSING = {
  type: () => [MissingNodeView],
  description:
    'Only in the answer to a write with `Prefer: wait`: the nodes that still lack the newest state of the virtual service ' +
    'after that time. Empty: it is in force everywhere.',
} as const;
