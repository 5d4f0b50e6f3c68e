import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { NodeRow } from './node.row.js';

/** What a director found out about one real server by asking it on the VIP. */
@Entity('health_fact')
@Index('health_fact_node_idx', ['nodeId'])
export class HealthFactRow {
  /** No foreign key: who stores a report would hold up who removes a server. See prune-health-facts.ts. */
  @PrimaryColumn({ name: 'server_number', type: 'integer', primaryKeyConstraintName: 'health_fact_pkey' })
  serverNumber: number;

  @PrimaryColumn({ name: 'node_id', type: 'uuid', primaryKeyConstraintName: 'health_fact_pkey' })
  nodeId: string;

  @ManyToOne(() => NodeRow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'node_id', foreignKeyConstraintName: 'health_fact_node_fkey' })
  node: Relation<NodeRow>;

  /** Null: not known yet, or the director cannot check. */
  @Column({ type: 'boolean', nullable: true })
  healthy: boolean | null;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'text' })
  message: string;

  /** By the director's clock; never later than it was stored. */
  @Column({ type: 'timestamptz', precision: 3 })
  since: Date;
}
