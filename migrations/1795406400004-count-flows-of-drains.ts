/** What the directors last counted of a server that drains; null: not all of them could. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CountFlowsOfDrains1795406400004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE drain ADD COLUMN flows integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE drain DROP COLUMN flows');
  }
}
