/**
 * Services, and servers of a service, may take each other's places in one statement: what is there when it ends counts. A
 * rollback brings back what went from place to place. Nobody waits until the transaction ends unless he says so.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEFERRABLE = 'DEFERRABLE INITIALLY IMMEDIATE';

function judged(when: string): readonly string[] {
  return [
    `ALTER TABLE virtual_service DROP CONSTRAINT virtual_service_overlaps,
      ADD CONSTRAINT virtual_service_overlaps EXCLUDE USING gist (
        address inet_ops WITH =,
        int4range(CASE protocol WHEN 'tcp' THEN 0 ELSE 65536 END + port,
                  CASE protocol WHEN 'tcp' THEN 0 ELSE 65536 END + coalesce(end_port, port), '[]') WITH &&
      ) ${when}`,
    `ALTER TABLE real_server DROP CONSTRAINT real_server_exists,
      ADD CONSTRAINT real_server_exists UNIQUE (virtual_service_id, address) ${when}`,
  ];
}

export class JudgePlacesAtTheEnd1795406400015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of judged(DEFERRABLE)) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of judged('')) await runner.query(statement);
  }
}
