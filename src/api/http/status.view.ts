import { ApiProperty } from '@nestjs/swagger';
import type { Condition, Status } from '../../domain/status.js';

/** One observation, in the manner of Kubernetes conditions. */
export class ConditionView {
  @ApiProperty({ example: 'Admitted', description: 'What is observed.' })
  type: string;

  @ApiProperty({ enum: ['True', 'False', 'Unknown'], enumName: 'ConditionStatus' })
  status: 'True' | 'False' | 'Unknown';

  @ApiProperty({ example: 'NoAgent', description: 'Why, for programs.' })
  reason: string;

  @ApiProperty({ description: 'Why, and what to do about it, for people.' })
  message: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Revision that this was seen for.' })
  observedRevision: number | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  lastTransitionAt: string | null;

  static of(condition: Condition): ConditionView {
    return { ...condition, lastTransitionAt: condition.lastTransitionAt?.toISOString() ?? null };
  }
}

/** What is in force, as the nodes have confirmed it. */
export class StatusView {
  @ApiProperty({
    enum: ['pending', 'in-sync', 'failed'],
    enumName: 'Provisioning',
    description: '`in-sync`: every node concerned has confirmed the newest state without a fault.',
  })
  provisioning: Status['provisioning'];

  @ApiProperty({
    enum: ['online', 'degraded', 'offline', 'disabled'],
    enumName: 'Operating',
    description:
      '`online`: all that is enabled gets packets, and answers the directors on the VIP where that is checked. `degraded`: ' +
      'some of it does not, a backup stands in, or nobody knows. `offline`: none of it does.',
  })
  operating: Status['operating'];

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Newest revision that all nodes concerned have in force.',
  })
  observedRevision: number | null;

  @ApiProperty({ type: () => [ConditionView] })
  conditions: ConditionView[];

  static of(status: Status): StatusView {
    return { ...status, conditions: status.conditions.map((condition) => ConditionView.of(condition)) };
  }
}
