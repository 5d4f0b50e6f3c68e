import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintAsNumber } from './bigint-column.js';

/** The set digest over all documents of a scope that have a body, kept in step at the price of the change. */
@Entity('document_scope')
export class DocumentScopeRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'document_scope_pkey' })
  scope: string;

  @Column({ type: 'text' })
  digest: string;

  /** Version of the newest document of the scope. */
  @Column({ type: 'bigint', transformer: bigintAsNumber })
  version: number;

  /** Tombstones up to this version are gone: a node that stands before it needs a snapshot. */
  @Column({ name: 'pruned_version', type: 'bigint', default: 0, transformer: bigintAsNumber })
  prunedVersion: number;

  /** Documents of the scope that have a body. */
  @Column({ type: 'integer', default: 0 })
  bodies: number;

  /** How often a document of the scope came to have a body. */
  @Column({ type: 'bigint', default: 0, transformer: bigintAsNumber })
  arrivals: number;

  /** What operators removed of the directors' services lately, as the API counts it. */
  @Column({ name: 'removal_window', type: 'jsonb', nullable: true })
  removalWindow: { readonly since: string; readonly removed: number; readonly arrivals: number } | null;
}
