import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What events have told last of a node. */
@Entity('told_node')
export class ToldNodeRow {
  @PrimaryColumn({ name: 'node_id', type: 'uuid', primaryKeyConstraintName: 'told_node_pkey' })
  nodeId: string;

  @Column({ type: 'jsonb' })
  told: object;
}
