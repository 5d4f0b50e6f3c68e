/**
 * Events: what was told in one order, and what there is to tell next. History from before is not told again, and of what
 * there is already, `began_at` lets statuses begin in silence.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE event (
    position bigint NOT NULL,
    epoch integer NOT NULL,
    type text NOT NULL,
    time timestamptz(3) NOT NULL,
    object_type text NOT NULL,
    object_id uuid NOT NULL,
    virtual_service_id uuid,
    name text NOT NULL,
    tags jsonb NOT NULL,
    revision bigint,
    entry integer,
    condition text,
    before jsonb,
    after jsonb,
    recorded_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT event_pkey PRIMARY KEY (position)
  )`,
  'CREATE INDEX event_object_idx ON event (object_id, position)',
  'CREATE INDEX event_virtual_service_idx ON event (virtual_service_id, position)',
  `CREATE TABLE event_log (
    singleton boolean NOT NULL DEFAULT true,
    position bigint NOT NULL DEFAULT 0,
    revision bigint NOT NULL,
    version bigint NOT NULL,
    walk uuid,
    walk_again boolean NOT NULL DEFAULT false,
    began_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT event_log_pkey PRIMARY KEY (singleton),
    CONSTRAINT event_log_is_one_row CHECK (singleton)
  )`,
  'INSERT INTO event_log (revision, version) SELECT revision, version FROM cluster',
  `CREATE TABLE touched_fact (
    id bigserial NOT NULL,
    what jsonb NOT NULL,
    at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT touched_fact_pkey PRIMARY KEY (id)
  )`,
  `CREATE TABLE due_status (
    virtual_service_id uuid NOT NULL,
    since timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT due_status_pkey PRIMARY KEY (virtual_service_id)
  )`,
  'CREATE INDEX due_status_since_idx ON due_status (since, virtual_service_id)',
  `CREATE TABLE told_status (
    object_id uuid NOT NULL,
    virtual_service_id uuid NOT NULL,
    told jsonb NOT NULL,
    CONSTRAINT told_status_pkey PRIMARY KEY (object_id)
  )`,
  'CREATE INDEX told_status_virtual_service_idx ON told_status (virtual_service_id)',
  `CREATE TABLE told_node (
    node_id uuid NOT NULL,
    told jsonb NOT NULL,
    CONSTRAINT told_node_pkey PRIMARY KEY (node_id)
  )`,
];

export class Events1795406400014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE event, event_log, touched_fact, due_status, told_status, told_node');
  }
}
