import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { TokenRow } from './token.row.js';

/** The answer to a write that came with an Idempotency-Key. */
@Entity('kept_answer')
@Index('kept_answer_age_idx', ['keptAt'])
export class KeptAnswerRow {
  @PrimaryColumn({ name: 'token_id', type: 'uuid', primaryKeyConstraintName: 'kept_answer_pkey' })
  tokenId: string;

  @ManyToOne(() => TokenRow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'token_id', foreignKeyConstraintName: 'kept_answer_token_fkey' })
  token: Relation<TokenRow>;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'kept_answer_pkey' })
  key: string;

  /** Digest of what was asked. */
  @Column({ type: 'text' })
  request: string;

  /** Sealed: only who has the token and the key can read it. */
  @Column({ type: 'bytea' })
  answer: Buffer;

  @Column({ name: 'kept_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  keptAt: Date;
}
