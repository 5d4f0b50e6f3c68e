import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { NodeRow } from './node.row.js';

/** A question to a node, there for as long as somebody waits for the answer. */
@Entity('question')
export class QuestionRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'question_pkey' })
  id: string;

  @Column({ name: 'node_id', type: 'uuid' })
  nodeId: string;

  @ManyToOne(() => NodeRow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'node_id', foreignKeyConstraintName: 'question_node_fkey' })
  node: Relation<NodeRow>;

  /** JSON, as the node is sent it. */
  @Column({ type: 'text' })
  message: string;

  /** JSON, as the node sent it; null: it has not answered. */
  @Column({ type: 'text', nullable: true })
  answer: string | null;

  @Column({ name: 'asked_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  askedAt: Date;
}
