/**
 * How often what a node tells of its host has changed. Every report writes the row anew, and most say what the one before
 * did; the count is what tells a reader that there is nothing new.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CountWhatNodesTell1795406400016 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE node_status ADD COLUMN told bigint NOT NULL DEFAULT 0');
    await runner.query(`
      CREATE FUNCTION count_what_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.told := OLD.told + 1;
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER node_status_told BEFORE UPDATE ON node_status FOR EACH ROW
      WHEN ((OLD.host, OLD.conditions, OLD.leaving) IS DISTINCT FROM (NEW.host, NEW.conditions, NEW.leaving))
      EXECUTE FUNCTION count_what_is_told()`);
  }

  /** The trigger goes first, for it needs the column. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER node_status_told ON node_status');
    await runner.query('DROP FUNCTION count_what_is_told()');
    await runner.query('ALTER TABLE node_status DROP COLUMN told');
  }
}
