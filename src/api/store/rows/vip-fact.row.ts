import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { NodeRow } from './node.row.js';

/** What an agent proved about one VIP on its host. */
@Entity('vip_fact')
export class VipFactRow {
  @PrimaryColumn({ name: 'node_id', type: 'uuid', primaryKeyConstraintName: 'vip_fact_pkey' })
  nodeId: string;

  @PrimaryColumn({ type: 'inet', primaryKeyConstraintName: 'vip_fact_pkey' })
  vip: string;

  @ManyToOne(() => NodeRow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'node_id', foreignKeyConstraintName: 'vip_fact_node_fkey' })
  node: Relation<NodeRow>;

  @Column({ type: 'boolean' })
  bound: boolean;

  @Column({ type: 'boolean' })
  silent: boolean;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'text' })
  message: string;

  /** A ServiceFact each, whose verdicts have `since`: when their status became what it is. */
  @Column({ type: 'jsonb', default: () => `'[]'` })
  services: object[];

  /** Of all but the services. */
  @Column({ name: 'changed_at', type: 'timestamptz', precision: 3 })
  changedAt: Date;
}
