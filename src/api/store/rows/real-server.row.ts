import {
  Check,
  Column,
  Entity,
  Generated,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  Unique,
  type Relation,
} from 'typeorm';
import type { StoredAttestation } from '../stored-attestation.js';
import { VirtualServiceRow } from './virtual-service.row.js';

@Entity('real_server')
@Unique('real_server_number_key', ['number'])
@Unique('real_server_exists', ['virtualServiceId', 'address'], { deferrable: 'INITIALLY IMMEDIATE' })
@Index('real_server_address_idx', ['address'])
@Check('real_server_port', 'port IS NULL OR port BETWEEN 1 AND 65535')
@Check('real_server_weight', 'weight BETWEEN 0 AND 65535')
@Check('real_server_forwarding_method', `forwarding_method IN ('direct-return', 'nat')`)
@Check('real_server_attestation', 'attestation IS NULL OR NOT managed')
@Index('real_server_attested_idx', ['virtualServiceId'], { where: 'attestation IS NOT NULL' })
@Check('real_server_host_address', 'masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END')
export class RealServerRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'real_server_pkey' })
  id: string;

  /** Names this server of this service in every director's kernel; never used again. */
  @Column({ type: 'integer' })
  @Generated('increment')
  number: number;

  @Column({ name: 'virtual_service_id', type: 'uuid' })
  virtualServiceId: string;

  @ManyToOne(() => VirtualServiceRow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'virtual_service_id', foreignKeyConstraintName: 'real_server_virtual_service_fkey' })
  virtualService: Relation<VirtualServiceRow>;

  @Column({ type: 'inet' })
  address: string;

  /** Null: whatever the service's port is. */
  @Column({ type: 'integer', nullable: true })
  port: number | null;

  @Column({ type: 'integer' })
  weight: number;

  @Column({ name: 'forwarding_method', type: 'text' })
  forwardingMethod: 'direct-return' | 'nat';

  @Column({ type: 'boolean' })
  enabled: boolean;

  @Column({ type: 'boolean', default: false })
  backup: boolean;

  @Column({ type: 'boolean', default: true })
  managed: boolean;

  @Column({ type: 'jsonb', nullable: true })
  attestation: StoredAttestation | null;
}
