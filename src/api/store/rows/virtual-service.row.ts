import { Check, Column, Entity, Exclusion, Generated, Index, PrimaryColumn, Unique } from 'typeorm';
import { bigintAsNumber } from './bigint-column.js';

/** Ports of both protocols on one line, so that a range type alone can tell an overlap. */
const PORT_SPAN = `int4range(CASE protocol WHEN 'tcp' THEN 0 ELSE 65536 END + port, CASE protocol WHEN 'tcp' THEN 0 ELSE 65536 END + coalesce(end_port, port), '[]')`;

@Entity('virtual_service')
@Unique('virtual_service_number_key', ['number'])
@Index('virtual_service_address_idx', ['address'])
@Index('virtual_service_created_idx', ['createdAt', 'id'])
// Expressions, an operator class and a collation, which TypeORM has no words for.
@Index('virtual_service_words_idx', { synchronize: false })
@Index('virtual_service_tags_idx', { synchronize: false })
@Index('virtual_service_name_idx', { synchronize: false })
@Exclusion('virtual_service_overlaps', `USING gist (address inet_ops WITH =, ${PORT_SPAN} WITH &&)`, {
  deferrable: 'INITIALLY IMMEDIATE',
})
@Check(
  'virtual_service_port_range',
  'port BETWEEN 1 AND 65535 AND (end_port IS NULL OR end_port BETWEEN port AND 65535)',
)
@Check('virtual_service_protocol', `protocol IN ('tcp', 'udp')`)
@Check('virtual_service_scheduler', `scheduler IN ('maglev', 'source-hash', 'round-robin')`)
@Check('virtual_service_drain', 'drain_seconds BETWEEN 0 AND 86400')
@Check('virtual_service_slow_start', 'slow_start_seconds BETWEEN 0 AND 3600')
@Check('virtual_service_min_healthy', 'min_healthy BETWEEN 1 AND 1000')
@Check(
  'virtual_service_flow_affinity',
  `flow_affinity OR (scheduler <> 'round-robin' AND persistence IS NULL)`,
)
@Check('virtual_service_host_address', 'masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END')
export class VirtualServiceRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'virtual_service_pkey' })
  id: string;

  /** The mark of this service in every director's kernel; never used again. */
  @Column({ type: 'integer' })
  @Generated('increment')
  number: number;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', default: '' })
  description: string;

  @Column({ type: 'inet' })
  address: string;

  @Column({ type: 'integer' })
  port: number;

  @Column({ name: 'end_port', type: 'integer', nullable: true })
  endPort: number | null;

  @Column({ type: 'text' })
  protocol: 'tcp' | 'udp';

  @Column({ name: 'force_l4', type: 'boolean' })
  forceL4: boolean;

  @Column({ type: 'boolean' })
  enabled: boolean;

  @Column({ type: 'text' })
  scheduler: 'maglev' | 'source-hash' | 'round-robin';

  @Column({ type: 'jsonb', nullable: true })
  persistence: object | null;

  @Column({ name: 'flow_affinity', type: 'boolean', default: true })
  flowAffinity: boolean;

  @Column({ name: 'health_check', type: 'jsonb' })
  healthCheck: object;

  @Column({ name: 'drain_seconds', type: 'integer' })
  drainSeconds: number;

  @Column({ name: 'slow_start_seconds', type: 'integer', default: 0 })
  slowStartSeconds: number;

  @Column({ name: 'min_healthy', type: 'integer', default: 1 })
  minHealthy: number;

  @Column({ type: 'jsonb' })
  tags: Record<string, string>;

  @Column({ type: 'bigint', transformer: bigintAsNumber })
  revision: number;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt: Date;
}
