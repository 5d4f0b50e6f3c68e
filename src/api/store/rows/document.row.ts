import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { DocumentBody } from '../../../contract/documents.js';
import { bigintAsNumber } from './bigint-column.js';

/**
 * What the nodes of a scope shall hold: scope `directors` for every director, or the id of one agent.
 * Written in the transaction that made it so, hence any API process can deliver it.
 */
@Entity('document')
@Index('document_version_idx', ['version'])
@Index('document_scope_version_idx', ['scope', 'version'])
@Index('document_gone_idx', ['scope', 'version'], { where: 'body IS NULL' })
export class DocumentRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'document_pkey' })
  scope: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'document_pkey' })
  key: string;

  @Column({ type: 'bigint', transformer: bigintAsNumber })
  version: number;

  /** The intent that the body answers to. */
  @Column({ type: 'bigint', transformer: bigintAsNumber })
  revision: number;

  /** Version since when there has been a body without a gap; what a node proved before that does not count. */
  @Column({ name: 'present_since', type: 'bigint', transformer: bigintAsNumber })
  presentSince: number;

  /** The newest earlier revision that every node of the scope had in force. */
  @Column({ name: 'confirmed_revision', type: 'bigint', nullable: true, transformer: bigintAsNumber })
  confirmedRevision: number | null;

  /**
   * The operators' revision since which nobody wants the object, or the service reaches nobody; null while it is
   * otherwise, or nobody said so.
   */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  approval: number | null;

  /** Null: the object shall be gone. */
  @Column({ type: 'jsonb', nullable: true })
  body: DocumentBody | null;

  @Column({ type: 'text', nullable: true })
  digest: string | null;
}
