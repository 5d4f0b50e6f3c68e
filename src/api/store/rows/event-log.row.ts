import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintAsNumber } from './bigint-column.js';

/** How far events are recorded. Whoever records holds its lock, which is what makes one order of them. */
@Entity('event_log')
@Check('event_log_is_one_row', 'singleton')
export class EventLogRow {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'event_log_pkey' })
  singleton: boolean;

  /** Of the last event. */
  @Column({ type: 'bigint', default: 0, transformer: bigintAsNumber })
  position: number;

  /** Last revision that events were made of. */
  @Column({ type: 'bigint', transformer: bigintAsNumber })
  revision: number;

  /** Last version whose documents were looked at. */
  @Column({ type: 'bigint', transformer: bigintAsNumber })
  version: number;

  /** Where a walk over all services has come to; null: there is none. */
  @Column({ type: 'uuid', nullable: true })
  walk: string | null;

  /** Something that concerns all services happened during the walk. */
  @Column({ name: 'walk_again', type: 'boolean', default: false })
  walkAgain: boolean;

  @Column({ name: 'began_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  beganAt: Date;
}
