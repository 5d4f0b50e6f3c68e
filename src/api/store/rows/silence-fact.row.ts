import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { bigintAsNumber } from './bigint-column.js';
import { NodeRow } from './node.row.js';

/** What a director found out about one real server without an agent, by asking the segment who has the VIP. */
@Entity('silence_fact')
export class SilenceFactRow {
  @PrimaryColumn({ name: 'node_id', type: 'uuid', primaryKeyConstraintName: 'silence_fact_pkey' })
  nodeId: string;

  @PrimaryColumn({ name: 'server_number', type: 'integer', primaryKeyConstraintName: 'silence_fact_pkey' })
  serverNumber: number;

  @ManyToOne(() => NodeRow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'node_id', foreignKeyConstraintName: 'silence_fact_node_fkey' })
  node: Relation<NodeRow>;

  /** What it answers: the probe of the document. */
  @Column({ type: 'bigint', transformer: bigintAsNumber })
  asked: number;

  @Column({ name: 'on_segment', type: 'boolean' })
  onSegment: boolean;

  /** Null: the director cannot tell. */
  @Column({ type: 'boolean', nullable: true })
  silent: boolean | null;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'text' })
  message: string;

  /** Ethernet addresses, other directors' too. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  strangers: string[];

  @Column({ name: 'changed_at', type: 'timestamptz', precision: 3 })
  changedAt: Date;
}
