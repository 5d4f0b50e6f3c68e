import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { bigintAsNumber } from './bigint-column.js';
import { NodeRow } from './node.row.js';

/** A document that a node could not put in force. */
@Entity('fault')
@Index('fault_key_idx', ['key'])
export class FaultRow {
  @PrimaryColumn({ name: 'node_id', type: 'uuid', primaryKeyConstraintName: 'fault_pkey' })
  nodeId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'fault_pkey' })
  key: string;

  @ManyToOne(() => NodeRow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'node_id', foreignKeyConstraintName: 'fault_node_fkey' })
  node: Relation<NodeRow>;

  /** Null: nothing of the object is in force. */
  @Column({ name: 'version_in_force', type: 'bigint', nullable: true, transformer: bigintAsNumber })
  versionInForce: number | null;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'text' })
  message: string;

  @Column({ name: 'changed_at', type: 'timestamptz', precision: 3 })
  changedAt: Date;
}
