/** Answers to writes that came with an Idempotency-Key, kept for who asks the same once more. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeptAnswers1795406400009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE kept_answer (
      token_id uuid NOT NULL,
      key text NOT NULL,
      request text NOT NULL,
      answer bytea NOT NULL,
      kept_at timestamptz(3) NOT NULL DEFAULT now(),
      CONSTRAINT kept_answer_pkey PRIMARY KEY (token_id, key),
      CONSTRAINT kept_answer_token_fkey FOREIGN KEY (token_id) REFERENCES token (id) ON DELETE CASCADE
    )`);
    await runner.query('CREATE INDEX kept_answer_age_idx ON kept_answer (kept_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE kept_answer');
  }
}
