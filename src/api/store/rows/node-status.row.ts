import { Column, Entity, Index, JoinColumn, OneToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { Capabilities } from '../../../contract/capabilities.js';
import type {
  HostDrift,
  ReportedCondition,
  ReportedEngine,
  ReportedHost,
  ReportedSegment,
} from '../../../contract/report.js';
import { bigintAsNumber } from './bigint-column.js';
import { NodeRow } from './node.row.js';

/** The last that a node said of itself. Facts only: nothing in here is anybody's wish. */
@Entity('node_status')
@Index('node_status_seen_addresses_idx', ['seenAddresses'], { type: 'gin' })
export class NodeStatusRow {
  @PrimaryColumn({ name: 'node_id', type: 'uuid', primaryKeyConstraintName: 'node_status_pkey' })
  nodeId: string;

  @OneToOne(() => NodeRow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'node_id', foreignKeyConstraintName: 'node_status_node_fkey' })
  node: Relation<NodeRow>;

  /** Of the last report that was taken; what comes with a lower or the same one is late. 0 after a join. */
  @Column({ type: 'bigint', default: 0, transformer: bigintAsNumber })
  sequence: number;

  /** Epoch and version up to which every document is in force, but for the faults; null before the first report. */
  @Column({ type: 'integer', nullable: true })
  epoch: number | null;

  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  version: number | null;

  @Column({ type: 'bigint', default: 0, transformer: bigintAsNumber })
  revision: number;

  @Column({ type: 'jsonb', nullable: true })
  host: ReportedHost | null;

  /** Of a director, every address of its interfaces and every gateway, for the rules to look up. */
  @Column({ name: 'seen_addresses', type: 'inet', array: true, default: () => `'{}'` })
  seenAddresses: string[];

  @Column({ type: 'jsonb', nullable: true })
  engine: ReportedEngine | null;

  @Column({ type: 'jsonb', nullable: true })
  capabilities: Capabilities | null;

  @Column({ type: 'jsonb', default: () => `'[]'` })
  conditions: (ReportedCondition & { lastTransitionAt: string })[];

  /** What was undone on its host, and how often since its program started; null: it does not say. */
  @Column({ type: 'jsonb', nullable: true })
  drift: HostDrift | null;

  /** Of a director: what it hears on its segments that is not as it should be; null where there is nothing. */
  @Column({ type: 'jsonb', nullable: true })
  segment: ReportedSegment | null;

  /** Of an agent: it is being taken off its host, or was. */
  @Column({ type: 'boolean', default: false })
  leaving: boolean;

  /** How often `host`, `conditions` and `leaving` have changed; the database counts. */
  @Column({ type: 'bigint', default: 0, transformer: bigintAsNumber })
  told: number;

  @Column({ name: 'last_seen_at', type: 'timestamptz', precision: 3 })
  lastSeenAt: Date;
}
