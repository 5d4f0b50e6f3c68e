/**
 * The whole first schema. What a check, a unique or an exclusion constraint can hold is held here and not only in the
 * service's rules; constraint names are what api/http turns into the code of a problem.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const HOST_ADDRESS = 'masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END';
const PROTOCOL_BASE = "CASE protocol WHEN 'tcp' THEN 0 ELSE 65536 END";

const INTENT = [
  `CREATE TABLE cluster (
    singleton boolean NOT NULL DEFAULT true,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    epoch integer NOT NULL DEFAULT 1,
    seed bigint NOT NULL,
    revision bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0,
    CONSTRAINT cluster_pkey PRIMARY KEY (singleton),
    CONSTRAINT cluster_is_one_row CHECK (singleton)
  )`,
  'INSERT INTO cluster (seed) VALUES (1 + floor(random() * 4294967295)::bigint)',

  `CREATE TABLE virtual_service (
    id uuid NOT NULL,
    number serial NOT NULL,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    address inet NOT NULL,
    port integer NOT NULL,
    end_port integer,
    protocol text NOT NULL,
    force_l4 boolean NOT NULL,
    enabled boolean NOT NULL,
    scheduler text NOT NULL,
    persistence jsonb,
    health_check jsonb NOT NULL,
    drain_seconds integer NOT NULL,
    tags jsonb NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT virtual_service_pkey PRIMARY KEY (id),
    CONSTRAINT virtual_service_number_key UNIQUE (number),
    CONSTRAINT virtual_service_port_range
      CHECK (port BETWEEN 1 AND 65535 AND (end_port IS NULL OR end_port BETWEEN port AND 65535)),
    CONSTRAINT virtual_service_protocol CHECK (protocol IN ('tcp', 'udp')),
    CONSTRAINT virtual_service_scheduler CHECK (scheduler IN ('maglev', 'source-hash', 'round-robin')),
    CONSTRAINT virtual_service_drain CHECK (drain_seconds BETWEEN 0 AND 86400),
    CONSTRAINT virtual_service_host_address CHECK (${HOST_ADDRESS}),
    CONSTRAINT virtual_service_overlaps EXCLUDE USING gist (
      address inet_ops WITH =,
      int4range(${PROTOCOL_BASE} + port, ${PROTOCOL_BASE} + coalesce(end_port, port), '[]') WITH &&
    )
  )`,
  'CREATE INDEX virtual_service_address_idx ON virtual_service (address)',
  'CREATE INDEX virtual_service_created_idx ON virtual_service (created_at, id)',

  `CREATE TABLE real_server (
    id uuid NOT NULL,
    number serial NOT NULL,
    virtual_service_id uuid NOT NULL,
    address inet NOT NULL,
    port integer,
    weight integer NOT NULL,
    forwarding_method text NOT NULL,
    enabled boolean NOT NULL,
    managed boolean NOT NULL DEFAULT true,
    attestation jsonb,
    CONSTRAINT real_server_pkey PRIMARY KEY (id),
    CONSTRAINT real_server_number_key UNIQUE (number),
    CONSTRAINT real_server_exists UNIQUE (virtual_service_id, address),
    CONSTRAINT real_server_virtual_service_fkey
      FOREIGN KEY (virtual_service_id) REFERENCES virtual_service (id) ON DELETE CASCADE,
    CONSTRAINT real_server_port CHECK (port IS NULL OR port BETWEEN 1 AND 65535),
    CONSTRAINT real_server_weight CHECK (weight BETWEEN 0 AND 65535),
    CONSTRAINT real_server_forwarding_method CHECK (forwarding_method IN ('direct-return', 'nat')),
    CONSTRAINT real_server_host_address CHECK (${HOST_ADDRESS}),
    CONSTRAINT real_server_attestation CHECK (attestation IS NULL OR NOT managed)
  )`,
  'CREATE INDEX real_server_address_idx ON real_server (address)',
  'CREATE INDEX real_server_attested_idx ON real_server (virtual_service_id) WHERE attestation IS NOT NULL',
];

/** What ties a server to its service spans two tables, so triggers hold it; each raises under the rule's own name. */
const DIRECT_RETURN = [
  `CREATE FUNCTION refuse_broken_direct_return(broken text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    IF broken IS NOT NULL THEN
      RAISE EXCEPTION 'virtual service and real server do not fit: %', broken
        USING ERRCODE = 'check_violation', CONSTRAINT = broken;
    END IF;
  END $$`,
  `CREATE FUNCTION broken_direct_return(service virtual_service, server real_server) RETURNS text
  LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
      WHEN server.forwarding_method = 'direct-return' AND NOT service.force_l4 THEN 'direct_return_requires_force_l4'
      WHEN server.forwarding_method = 'direct-return' AND server.port <> service.port THEN 'direct_return_keeps_the_port'
      WHEN family(server.address) <> family(service.address) THEN 'address_families_differ'
      WHEN server.address = service.address THEN 'real_server_is_the_vip'
    END
  $$`,
  `CREATE FUNCTION real_server_fits_its_service() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE service virtual_service;
  BEGIN
    -- FOR SHARE waits for a change of the service that is under way, and makes one that follows wait for us.
    SELECT * INTO service FROM virtual_service WHERE id = NEW.virtual_service_id FOR SHARE;
    PERFORM refuse_broken_direct_return(broken_direct_return(service, NEW));
    RETURN NEW;
  END $$`,
  `CREATE FUNCTION virtual_service_fits_its_servers() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM refuse_broken_direct_return(broken_direct_return(service, server))
      FROM virtual_service service JOIN real_server server ON server.virtual_service_id = service.id
      WHERE service.id = NEW.id;
    RETURN NEW;
  END $$`,
  // Deferred to the end of the transaction: service and servers may change together, in any order.
  `CREATE CONSTRAINT TRIGGER real_server_fits_its_service
    AFTER INSERT OR UPDATE OF address, port, forwarding_method ON real_server
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION real_server_fits_its_service()`,
  `CREATE CONSTRAINT TRIGGER virtual_service_fits_its_servers
    AFTER UPDATE OF address, port, force_l4 ON virtual_service
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION virtual_service_fits_its_servers()`,
];

const HISTORY = [
  `CREATE TABLE revision (
    number bigint NOT NULL,
    epoch integer NOT NULL,
    actor text NOT NULL,
    request_id text NOT NULL,
    ticket text,
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT revision_pkey PRIMARY KEY (number)
  )`,
  'CREATE INDEX revision_ticket_idx ON revision (ticket)',
  `CREATE TABLE audit_entry (
    revision bigint NOT NULL,
    position integer NOT NULL,
    action text NOT NULL,
    object_type text NOT NULL,
    object_id uuid NOT NULL,
    before jsonb,
    after jsonb,
    CONSTRAINT audit_entry_pkey PRIMARY KEY (revision, position),
    CONSTRAINT audit_entry_revision_fkey FOREIGN KEY (revision) REFERENCES revision (number),
    CONSTRAINT audit_entry_action CHECK (action IN ('create', 'update', 'delete')),
    CONSTRAINT audit_entry_object_type CHECK (object_type IN ('virtual-service', 'real-server', 'node'))
  )`,
  'CREATE INDEX audit_entry_object_idx ON audit_entry (object_id)',
  `CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END $$`,
  `CREATE TRIGGER revision_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON revision
    FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()`,
  `CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()`,
];

const DELIVERY = [
  `CREATE TABLE drain (
    server_number integer NOT NULL,
    virtual_service_id uuid NOT NULL,
    address inet NOT NULL,
    until timestamptz(3) NOT NULL,
    CONSTRAINT drain_pkey PRIMARY KEY (server_number),
    CONSTRAINT drain_virtual_service_fkey
      FOREIGN KEY (virtual_service_id) REFERENCES virtual_service (id) ON DELETE CASCADE
  )`,
  'CREATE INDEX drain_until_idx ON drain (until)',
  'CREATE INDEX drain_virtual_service_idx ON drain (virtual_service_id)',

  `CREATE TABLE document (
    scope text NOT NULL,
    key text NOT NULL,
    version bigint NOT NULL,
    revision bigint NOT NULL,
    present_since bigint NOT NULL,
    confirmed_revision bigint,
    approval bigint,
    body jsonb,
    digest text,
    CONSTRAINT document_pkey PRIMARY KEY (scope, key)
  )`,
  'CREATE INDEX document_version_idx ON document (version)',
  'CREATE INDEX document_scope_version_idx ON document (scope, version)',
  'CREATE INDEX document_gone_idx ON document (scope, version) WHERE body IS NULL',

  `CREATE TABLE document_scope (
    scope text NOT NULL,
    digest text NOT NULL,
    version bigint NOT NULL,
    pruned_version bigint NOT NULL DEFAULT 0,
    CONSTRAINT document_scope_pkey PRIMARY KEY (scope)
  )`,

  `CREATE TABLE mention (
    virtual_service_id uuid NOT NULL,
    vip inet NOT NULL,
    host inet NOT NULL,
    dropped_at bigint,
    CONSTRAINT mention_pkey PRIMARY KEY (virtual_service_id, vip, host)
  )`,
  'CREATE INDEX mention_vip_host_idx ON mention (vip, host)',
  'CREATE INDEX mention_dropped_idx ON mention (dropped_at) WHERE dropped_at IS NOT NULL',
];

const NODES = [
  `CREATE TABLE node (
    id uuid NOT NULL,
    role text NOT NULL,
    name text NOT NULL,
    credential_hash bytea,
    join_token_hash bytea,
    join_token_expires_at timestamptz(3),
    joined_at timestamptz(3),
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT node_pkey PRIMARY KEY (id),
    CONSTRAINT node_name_key UNIQUE (name),
    CONSTRAINT node_credential_key UNIQUE (credential_hash),
    CONSTRAINT node_join_token_key UNIQUE (join_token_hash),
    CONSTRAINT node_role CHECK (role IN ('director', 'agent'))
  )`,
  `CREATE TABLE node_address (
    address inet NOT NULL,
    node_id uuid NOT NULL,
    CONSTRAINT node_address_pkey PRIMARY KEY (address),
    CONSTRAINT node_address_node_fkey FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
  )`,
  'CREATE INDEX node_address_node_idx ON node_address (node_id)',
  `CREATE TABLE node_status (
    node_id uuid NOT NULL,
    sequence bigint NOT NULL DEFAULT 0,
    epoch integer,
    version bigint,
    revision bigint NOT NULL DEFAULT 0,
    host jsonb,
    seen_addresses inet[] NOT NULL DEFAULT '{}',
    engine jsonb,
    capabilities jsonb,
    conditions jsonb NOT NULL DEFAULT '[]',
    drift jsonb,
    leaving boolean NOT NULL DEFAULT false,
    last_seen_at timestamptz(3) NOT NULL,
    CONSTRAINT node_status_pkey PRIMARY KEY (node_id),
    CONSTRAINT node_status_node_fkey FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
  )`,
  'CREATE INDEX node_status_seen_addresses_idx ON node_status USING gin (seen_addresses)',
  `CREATE TABLE fault (
    node_id uuid NOT NULL,
    key text NOT NULL,
    version_in_force bigint,
    reason text NOT NULL,
    message text NOT NULL,
    changed_at timestamptz(3) NOT NULL,
    CONSTRAINT fault_pkey PRIMARY KEY (node_id, key),
    CONSTRAINT fault_node_fkey FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
  )`,
  'CREATE INDEX fault_key_idx ON fault (key)',
  `CREATE TABLE vip_fact (
    node_id uuid NOT NULL,
    vip inet NOT NULL,
    bound boolean NOT NULL,
    silent boolean NOT NULL,
    reason text NOT NULL,
    message text NOT NULL,
    services jsonb NOT NULL DEFAULT '[]',
    changed_at timestamptz(3) NOT NULL,
    CONSTRAINT vip_fact_pkey PRIMARY KEY (node_id, vip),
    CONSTRAINT vip_fact_node_fkey FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE silence_fact (
    node_id uuid NOT NULL,
    server_number integer NOT NULL,
    asked bigint NOT NULL,
    on_segment boolean NOT NULL,
    silent boolean,
    reason text NOT NULL,
    message text NOT NULL,
    strangers text[] NOT NULL DEFAULT '{}',
    changed_at timestamptz(3) NOT NULL,
    CONSTRAINT silence_fact_pkey PRIMARY KEY (node_id, server_number),
    CONSTRAINT silence_fact_node_fkey FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE token (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL,
    hash bytea NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT token_pkey PRIMARY KEY (id),
    CONSTRAINT token_name_key UNIQUE (name),
    CONSTRAINT token_hash_key UNIQUE (hash)
  )`,
];

const UNDO = [
  `DROP TABLE audit_entry, revision, mention, document, document_scope, drain, real_server, virtual_service, cluster,
    silence_fact, vip_fact, fault, node_status, node_address, node, token CASCADE`,
  'DROP FUNCTION history_is_append_only, real_server_fits_its_service, virtual_service_fits_its_servers, refuse_broken_direct_return CASCADE',
];

export class FirstSchema1795406400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...INTENT, ...DIRECT_RETURN, ...HISTORY, ...DELIVERY, ...NODES]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of UNDO) await runner.query(statement);
  }
}
