/** Health through the VIP: what services say of it, and what directors find out. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE virtual_service
    ADD COLUMN slow_start_seconds integer NOT NULL DEFAULT 0,
    ADD COLUMN min_healthy integer NOT NULL DEFAULT 1,
    ADD CONSTRAINT virtual_service_slow_start CHECK (slow_start_seconds BETWEEN 0 AND 3600),
    ADD CONSTRAINT virtual_service_min_healthy CHECK (min_healthy BETWEEN 1 AND 1000)`,
  'ALTER TABLE real_server ADD COLUMN backup boolean NOT NULL DEFAULT false',
  // A check that was made before says nothing of what there is now.
  `UPDATE virtual_service SET health_check = '{"port": null}'::jsonb || CASE health_check->>'type'
      WHEN 'tcp' THEN '{}'::jsonb
      WHEN 'udp' THEN '{"encoding": "text", "payload": "", "expectedReply": null}'::jsonb
      ELSE '{"method": "GET", "expectedBody": null}'::jsonb END || health_check
    WHERE health_check->>'type' <> 'none'`,
  `CREATE TABLE health_fact (
    server_number integer NOT NULL,
    node_id uuid NOT NULL,
    healthy boolean,
    reason text NOT NULL,
    message text NOT NULL,
    since timestamptz(3) NOT NULL,
    CONSTRAINT health_fact_pkey PRIMARY KEY (server_number, node_id),
    CONSTRAINT health_fact_node_fkey FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
  )`,
  'CREATE INDEX health_fact_node_idx ON health_fact (node_id)',
];

const DOWN = [
  'DROP TABLE health_fact',
  `UPDATE virtual_service SET health_check = health_check
      - ARRAY['port', 'method', 'expectedBody', 'encoding', 'payload', 'expectedReply']
    WHERE health_check->>'type' <> 'none'`,
  'ALTER TABLE real_server DROP COLUMN backup',
  'ALTER TABLE virtual_service DROP COLUMN slow_start_seconds, DROP COLUMN min_healthy',
];

export class HealthThroughTheVip1795406400003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
