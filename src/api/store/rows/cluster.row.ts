import { Check, Column, Entity, Generated, PrimaryColumn } from 'typeorm';
import { bigintAsNumber } from './bigint-column.js';

/**
 * The one row that orders every commit: whoever holds its lock is the only one to compile, and what it
 * numbers becomes visible in that order. A sequence could not promise this, since it hands out numbers
 * before their transactions commit.
 */
@Entity('cluster')
@Check('cluster_is_one_row', 'singleton')
export class ClusterRow {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'cluster_pkey' })
  singleton: boolean;

  @Column({ type: 'uuid' })
  @Generated('uuid')
  id: string;

  @Column({ type: 'integer', default: 1 })
  epoch: number;

  /** Seeds the flow hash of every director, 1 to 2^32 - 1. */
  @Column({ type: 'bigint', transformer: bigintAsNumber })
  seed: number;

  /** Last revision of the operators' intent. */
  @Column({ type: 'bigint', default: 0, transformer: bigintAsNumber })
  revision: number;

  /** Last version of a document. */
  @Column({ type: 'bigint', default: 0, transformer: bigintAsNumber })
  version: number;
}
