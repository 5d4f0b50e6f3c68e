import { Column, Entity, Generated, PrimaryColumn, Unique } from 'typeorm';

/** A bearer token of an operator or a program. The token itself is nowhere. */
@Entity('token')
@Unique('token_hash_key', ['hash'])
@Unique('token_name_key', ['name'])
export class TokenRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'token_pkey' })
  @Generated('uuid')
  id: string;

  @Column({ type: 'text' })
  name: string;

  /** SHA-256 of the whole token. */
  @Column({ type: 'bytea' })
  hash: Buffer;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
