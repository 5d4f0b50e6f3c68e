import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ObjectType } from './audit-entry.row.js';
import { bigintAsNumber } from './bigint-column.js';

/** Something that happened, in the one order in which it is told. Of a change of intent, the history holds what it was. */
@Entity('event')
@Index('event_object_idx', ['objectId', 'position'])
@Index('event_virtual_service_idx', ['virtualServiceId', 'position'])
export class EventRow {
  /** Without a gap, and visible in this order. */
  @PrimaryColumn({ type: 'bigint', transformer: bigintAsNumber, primaryKeyConstraintName: 'event_pkey' })
  position: number;

  @Column({ type: 'integer' })
  epoch: number;

  @Column({ type: 'text' })
  type: string;

  @Column({ type: 'timestamptz', precision: 3 })
  time: Date;

  @Column({ name: 'object_type', type: 'text' })
  objectType: ObjectType;

  @Column({ name: 'object_id', type: 'uuid' })
  objectId: string;

  /** Null: it is about a node. */
  @Column({ name: 'virtual_service_id', type: 'uuid', nullable: true })
  virtualServiceId: string | null;

  @Column({ type: 'text' })
  name: string;

  /** Of the virtual service, as they were when this was recorded. */
  @Column({ type: 'jsonb' })
  tags: Readonly<Record<string, string>>;

  /** Of a change of intent: its revision, and the place within it. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  revision: number | null;

  @Column({ type: 'integer', nullable: true })
  entry: number | null;

  @Column({ type: 'text', nullable: true })
  condition: string | null;

  @Column({ type: 'jsonb', nullable: true })
  before: object | null;

  @Column({ type: 'jsonb', nullable: true })
  after: object | null;

  @Column({ name: 'recorded_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  recordedAt: Date;
}
