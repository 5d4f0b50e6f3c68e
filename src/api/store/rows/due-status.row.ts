import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A virtual service whose status is to be looked at; written by who records events alone. */
@Entity('due_status')
@Index('due_status_since_idx', ['since', 'virtualServiceId'])
export class DueStatusRow {
  @PrimaryColumn({
    name: 'virtual_service_id',
    type: 'uuid',
    primaryKeyConstraintName: 'due_status_pkey',
  })
  virtualServiceId: string;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  since: Date;
}
