import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { NodeRow } from './node.row.js';

/** An address that a node is bound to. A real server with this address is that node's business and no other's. */
@Entity('node_address')
@Index('node_address_node_idx', ['nodeId'])
export class NodeAddressRow {
  @PrimaryColumn({ type: 'inet', primaryKeyConstraintName: 'node_address_pkey' })
  address: string;

  @Column({ name: 'node_id', type: 'uuid' })
  nodeId: string;

  @ManyToOne(() => NodeRow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'node_id', foreignKeyConstraintName: 'node_address_node_fkey' })
  node: Relation<NodeRow>;
}
