import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigintAsNumber } from './bigint-column.js';

/** One accepted change of the operators' intent. */
@Entity('revision')
@Index('revision_ticket_idx', ['ticket'])
export class RevisionRow {
  @PrimaryColumn({ type: 'bigint', transformer: bigintAsNumber, primaryKeyConstraintName: 'revision_pkey' })
  number: number;

  @Column({ type: 'integer' })
  epoch: number;

  @Column({ type: 'text' })
  actor: string;

  @Column({ name: 'request_id', type: 'text' })
  requestId: string;

  @Column({ type: 'text', nullable: true })
  ticket: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt: Date;
}
