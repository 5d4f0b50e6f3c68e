import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigintAsNumber } from './bigint-column.js';

/**
 * A director may still send packets for this VIP to this host. Only when every director has confirmed a version
 * that no longer names the server is the row taken away, and only then may the VIP leave the host.
 */
@Entity('mention')
@Index('mention_vip_host_idx', ['vip', 'host'])
@Index('mention_dropped_idx', ['droppedAt'], { where: 'dropped_at IS NOT NULL' })
export class MentionRow {
  /** No foreign key: it outlives the service. */
  @PrimaryColumn({ name: 'virtual_service_id', type: 'uuid', primaryKeyConstraintName: 'mention_pkey' })
  virtualServiceId: string;

  @PrimaryColumn({ type: 'inet', primaryKeyConstraintName: 'mention_pkey' })
  vip: string;

  @PrimaryColumn({ type: 'inet', primaryKeyConstraintName: 'mention_pkey' })
  host: string;

  /** First version of the directors' document without this host; null while it is named. */
  @Column({ name: 'dropped_at', type: 'bigint', nullable: true, transformer: bigintAsNumber })
  droppedAt: number | null;
}
