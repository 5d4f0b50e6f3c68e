import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What events have told last of the status of a virtual service or a real server. */
@Entity('told_status')
@Index('told_status_virtual_service_idx', ['virtualServiceId'])
export class ToldStatusRow {
  @PrimaryColumn({ name: 'object_id', type: 'uuid', primaryKeyConstraintName: 'told_status_pkey' })
  objectId: string;

  @Column({ name: 'virtual_service_id', type: 'uuid' })
  virtualServiceId: string;

  @Column({ type: 'jsonb' })
  told: object;
}
