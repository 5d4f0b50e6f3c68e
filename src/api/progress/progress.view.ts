import { ApiProperty } from '@nestjs/swagger';
import type { LackedService, NodeBehind, Overtaken, Rollout, RolloutState } from '../../domain/rollout.js';

const NAME = { type: 'string', nullable: true, example: 'shop', description: 'Null: it is gone.' } as const;

/** Virtual services that a revision has changed, counted. */
export class RolloutCountView {
  @ApiProperty({
    type: 'integer',
    example: 1000,
    description: 'That it has changed, themselves or their real servers.',
  })
  total: number;

  @ApiProperty({
    type: 'integer',
    example: 990,
    description: 'In force on all nodes as it left them, or gone from all directors.',
  })
  inForce: number;

  @ApiProperty({ type: 'integer', example: 10, description: 'That a node lacks.' })
  waiting: number;

  @ApiProperty({
    type: 'integer',
    example: 0,
    description: 'That later revisions have changed; whether those are in force is told by theirs.',
  })
  overtaken: number;
}

/** Why services wait. */
export class WaitingReasonView {
  @ApiProperty({ example: 'NotConfirmed', description: 'For programs.' })
  reason: string;

  @ApiProperty({ type: 'integer', example: 10, description: 'That wait for this, and maybe for more.' })
  services: number;
}

/** What a node lacks of one virtual service. */
export class LackedServiceView implements LackedService {
  @ApiProperty({ format: 'uuid' })
  virtualServiceId: string;

  @ApiProperty(NAME)
  name: string | null;

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

/** A node that lacks virtual services of a revision. */
export class NodeBehindView implements NodeBehind {
  @ApiProperty({ enum: ['director', 'agent'], enumName: 'NodeRole' })
  role: NodeBehind['role'];

  @ApiProperty({ type: 'string', nullable: true, example: 'lb-1', description: 'Null: none has joined.' })
  node: string | null;

  @ApiProperty({ type: 'integer', example: 10, description: 'That it lacks.' })
  services: number;

  @ApiProperty({ type: () => [LackedServiceView], description: 'The first three.' })
  first: LackedServiceView[];
}

/** A virtual service that a later revision has changed. */
export class OvertakenView implements Overtaken {
  @ApiProperty({ format: 'uuid' })
  virtualServiceId: string;

  @ApiProperty(NAME)
  name: string | null;

  @ApiProperty({ type: 'integer', example: 43, description: 'The newest that has changed it.' })
  revision: number;
}

/** How far a revision is in force. */
export class RevisionProgressView {
  @ApiProperty({ type: 'integer', example: 42 })
  revision: number;

  @ApiProperty({ format: 'date-time', description: 'Of the revision.' })
  createdAt: string;

  @ApiProperty({
    enum: ['rolling-out', 'in-force', 'overtaken'],
    enumName: 'RolloutState',
    description:
      '`rolling-out`: nodes lack some of it. `in-force`: they have confirmed all of it, as it left it. `overtaken`: later ' +
      'revisions have changed some of it, and the rest is in force.',
  })
  state: RolloutState;

  @ApiProperty({ type: () => RolloutCountView })
  services: RolloutCountView;

  @ApiProperty({
    type: () => [WaitingReasonView],
    description: 'Those that most services wait for come first.',
  })
  reasons: WaitingReasonView[];

  @ApiProperty({
    type: () => [NodeBehindView],
    description: 'Who is behind: the first 100, those that lack most services first.',
  })
  nodes: NodeBehindView[];

  @ApiProperty({ type: 'integer', example: 0, description: 'That are behind too.' })
  nodesLeftOut: number;

  @ApiProperty({ type: () => [OvertakenView], description: 'The first three.' })
  overtaken: OvertakenView[];

  static of(revision: number, createdAt: Date, rollout: Rollout): RevisionProgressView {
    const { state, services, reasons, nodes, nodesLeftOut, overtaken } = rollout;
    return {
      revision,
      createdAt: createdAt.toISOString(),
      state,
      services,
      reasons: [...reasons],
      nodes: nodes.map((node) => ({ ...node, first: [...node.first] })),
      nodesLeftOut,
      overtaken: [...overtaken],
    };
  }
}

/** In the answer to a write that has made one revision of many virtual services. */
export const PROGRESS = {
  type: () => RevisionProgressView,
  description:
    'Only in the answer to a write with `Prefer: wait`: how far its revision is in force after that time.',
} as const;
