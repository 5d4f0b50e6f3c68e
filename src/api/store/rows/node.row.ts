import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A director or a real server's agent: who it is and how it proves that. What it says of itself is in node_status. */
@Entity('node')
@Unique('node_name_key', ['name'])
@Unique('node_credential_key', ['credentialHash'])
@Unique('node_join_token_key', ['joinTokenHash'])
@Check('node_role', `role IN ('director', 'agent')`)
export class NodeRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'node_pkey' })
  id: string;

  @Column({ type: 'text' })
  role: 'director' | 'agent';

  @Column({ type: 'text' })
  name: string;

  /** SHA-256; null until the node has joined. */
  @Column({ name: 'credential_hash', type: 'bytea', nullable: true })
  credentialHash: Buffer | null;

  /** SHA-256; null once it was used. */
  @Column({ name: 'join_token_hash', type: 'bytea', nullable: true })
  joinTokenHash: Buffer | null;

  @Column({ name: 'join_token_expires_at', type: 'timestamptz', precision: 3, nullable: true })
  joinTokenExpiresAt: Date | null;

  @Column({ name: 'joined_at', type: 'timestamptz', precision: 3, nullable: true })
  joinedAt: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt: Date;
}
