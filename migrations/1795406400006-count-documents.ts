/**
 * How many documents each scope has, and what was removed lately: so that a removal can be judged by what there is
 * without counting it.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CountDocuments1795406400006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE document_scope
      ADD COLUMN bodies integer NOT NULL DEFAULT 0,
      ADD COLUMN arrivals bigint NOT NULL DEFAULT 0,
      ADD COLUMN removal_window jsonb`);
    await runner.query(`UPDATE document_scope s SET bodies = c.bodies FROM (
      SELECT scope, count(*) AS bodies FROM document WHERE body IS NOT NULL GROUP BY scope) c WHERE c.scope = s.scope`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE document_scope DROP COLUMN bodies, DROP COLUMN arrivals, DROP COLUMN removal_window',
    );
  }
}
