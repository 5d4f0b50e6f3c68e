/** Whether directors remember the flows of a service, which they have done for all that there are. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FlowAffinity1795406400011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE virtual_service
      ADD COLUMN flow_affinity boolean NOT NULL DEFAULT true,
      ADD CONSTRAINT virtual_service_flow_affinity
        CHECK (flow_affinity OR (scheduler <> 'round-robin' AND persistence IS NULL))`);
  }

  /** The constraint goes with its column. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE virtual_service DROP COLUMN flow_affinity');
  }
}
