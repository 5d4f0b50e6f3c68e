/**
 * Questions to nodes and their answers, on the way between API processes. Nobody misses them after a crash, so they
 * are in no write-ahead log.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Questions1795406400007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE UNLOGGED TABLE question (
      id uuid NOT NULL,
      node_id uuid NOT NULL,
      message text NOT NULL,
      answer text,
      asked_at timestamptz(3) NOT NULL DEFAULT now(),
      CONSTRAINT question_pkey PRIMARY KEY (id),
      CONSTRAINT question_node_fkey FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE question');
  }
}
