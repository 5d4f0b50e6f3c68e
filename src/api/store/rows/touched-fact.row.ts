import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What reports of nodes have moved, until somebody has looked at the statuses that hang on it. Only ever added by who reports. */
@Entity('touched_fact')
export class TouchedFactRow {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'touched_fact_pkey' })
  id: string;

  @Column({ type: 'jsonb' })
  what: object;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  at: Date;
}
