import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { VirtualServiceRow } from './virtual-service.row.js';

/** A server that gets no new flows and keeps its old ones until the time is over. It may outlive its real server's row. */
@Entity('drain')
@Index('drain_until_idx', ['until'])
@Index('drain_virtual_service_idx', ['virtualServiceId'])
export class DrainRow {
  @PrimaryColumn({ name: 'server_number', type: 'integer', primaryKeyConstraintName: 'drain_pkey' })
  serverNumber: number;

  @Column({ name: 'virtual_service_id', type: 'uuid' })
  virtualServiceId: string;

  @ManyToOne(() => VirtualServiceRow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'virtual_service_id', foreignKeyConstraintName: 'drain_virtual_service_fkey' })
  virtualService: Relation<VirtualServiceRow>;

  @Column({ type: 'inet' })
  address: string;

  @Column({ type: 'timestamptz', precision: 3 })
  until: Date;

  /** Of the server, as all directors last counted them together; null: not all of them could, or have yet. */
  @Column({ type: 'integer', nullable: true })
  flows: number | null;
}
