import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { bigintAsNumber } from './bigint-column.js';
import { RevisionRow } from './revision.row.js';

export type ObjectType = 'virtual-service' | 'real-server' | 'node';

/** What a revision did to one object. Rows are only ever added; a trigger refuses the rest. */
@Entity('audit_entry')
@Index('audit_entry_object_idx', ['objectId'])
@Check('audit_entry_action', `action IN ('create', 'update', 'delete')`)
@Check('audit_entry_object_type', `object_type IN ('virtual-service', 'real-server', 'node')`)
export class AuditEntryRow {
  @PrimaryColumn({
    type: 'bigint',
    transformer: bigintAsNumber,
    primaryKeyConstraintName: 'audit_entry_pkey',
  })
  revision: number;

  /** Place within the revision, from 0. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'audit_entry_pkey' })
  position: number;

  @ManyToOne(() => RevisionRow, { nullable: false })
  @JoinColumn({ name: 'revision', foreignKeyConstraintName: 'audit_entry_revision_fkey' })
  revisionRow: Relation<RevisionRow>;

  @Column({ type: 'text' })
  action: 'create' | 'update' | 'delete';

  @Column({ name: 'object_type', type: 'text' })
  objectType: ObjectType;

  @Column({ name: 'object_id', type: 'uuid' })
  objectId: string;

  @Column({ type: 'jsonb', nullable: true })
  before: object | null;

  @Column({ type: 'jsonb', nullable: true })
  after: object | null;
}
