/**
 * Writes the difference between two states of virtual services and their real servers, and nothing else.
 * All statements are sent at once, in the order in which they must be executed.
 */
import type { EntityManager } from 'typeorm';
import type { RealServer } from '../../domain/real-server.js';
import type { VirtualService } from '../../domain/virtual-service.js';

const SERVICE_FIELDS = `
  name text, description text, address inet, port integer, end_port integer, protocol text, force_l4 boolean,
  enabled boolean, scheduler text, persistence jsonb, flow_affinity boolean, health_check jsonb, drain_seconds integer,
  slow_start_seconds integer, min_healthy integer, tags jsonb,
  revision bigint, created_at timestamptz, updated_at timestamptz`;
const SERVER_FIELDS = `
  address inet, port integer, weight integer, forwarding_method text, enabled boolean, backup boolean, managed boolean,
  attestation jsonb`;

const INSERT_SERVICE = insert('virtual_service', `id uuid, number integer, ${SERVICE_FIELDS}`);
const UPDATE_SERVICE = update('virtual_service', SERVICE_FIELDS);
const INSERT_SERVERS = insert(
  'real_server',
  `id uuid, number integer, virtual_service_id uuid, ${SERVER_FIELDS}`,
);
const UPDATE_SERVERS = update('real_server', `number integer, ${SERVER_FIELDS}`);

/** A virtual service as it was and as it shall be; null: there is none. */
export interface SavedChange {
  readonly before: VirtualService | null;
  readonly after: VirtualService | null;
  /** By which it becomes so. */
  readonly revision: number;
}

/** What goes goes first, and what changes makes room, before anything takes its place. */
export async function saveVirtualServices(
  manager: EntityManager,
  changes: readonly SavedChange[],
): Promise<void> {
  const gone = changes.flatMap(({ before, after }) => (before !== null && after === null ? before.id : []));
  const kept = changes.flatMap(({ before, after }) => (after === null ? [] : [{ before, after }]));
  const rowsOf = (isNew: boolean) =>
    kept.flatMap(({ before, after }) => ((before === null) === isNew ? [serviceRow(after)] : []));
  await Promise.all([
    // Their real servers and drains go with them: the foreign keys cascade.
    remove(manager, 'virtual_service', gone),
    write(manager, UPDATE_SERVICE, rowsOf(false)),
    write(manager, INSERT_SERVICE, rowsOf(true)),
    ...saveRealServers(
      manager,
      kept.map(({ before, after }) => serversOf(before?.realServers ?? [], after)),
    ),
  ]);
}

/** Real servers of a service, as rows. */
interface SavedServers {
  readonly gone: readonly string[];
  readonly added: readonly object[];
  readonly changed: readonly object[];
}

function serversOf(
  before: readonly RealServer[],
  { id: serviceId, realServers }: VirtualService,
): SavedServers {
  const known = new Map(before.map((server) => [server.id, server]));
  const wanted = new Set(realServers.map(({ id }) => id));
  const rowsOf = (servers: readonly RealServer[]) => servers.map((server) => serverRow(server, serviceId));
  return {
    gone: before.flatMap(({ id }) => (wanted.has(id) ? [] : [id])),
    added: rowsOf(realServers.filter(({ id }) => !known.has(id))),
    // The domain never mutates: a server that nobody touched is the same object.
    changed: rowsOf(realServers.filter((server) => known.has(server.id) && known.get(server.id) !== server)),
  };
}

function saveRealServers(manager: EntityManager, each: readonly SavedServers[]): Promise<unknown>[] {
  return [
    remove(
      manager,
      'real_server',
      each.flatMap(({ gone }) => gone),
    ),
    write(
      manager,
      UPDATE_SERVERS,
      each.flatMap(({ changed }) => changed),
    ),
    write(
      manager,
      INSERT_SERVERS,
      each.flatMap(({ added }) => added),
    ),
  ];
}

async function remove(manager: EntityManager, table: string, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await manager.query(`DELETE FROM ${table} WHERE id = ANY ($1)`, [ids]);
}

async function write(manager: EntityManager, sql: string, rows: readonly object[]): Promise<void> {
  if (rows.length > 0) await manager.query(sql, [JSON.stringify(rows)]);
}

function serviceRow(service: VirtualService): object {
  const { id, number, name, description, address, port, protocol, enabled, scheduler, persistence } = service;
  return {
    id,
    number,
    name,
    description,
    address,
    port,
    protocol,
    enabled,
    scheduler,
    persistence,
    flow_affinity: service.flowAffinity,
    end_port: service.endPort,
    force_l4: service.forceL4,
    health_check: service.healthCheck,
    drain_seconds: service.drainSeconds,
    slow_start_seconds: service.slowStartSeconds,
    min_healthy: service.minHealthy,
    tags: service.tags,
    revision: service.revision,
    created_at: service.createdAt,
    updated_at: service.updatedAt,
  };
}

function serverRow(server: RealServer, serviceId: string): object {
  const { id, number, address, port, weight, enabled, forwardingMethod, backup, managed, attestation } =
    server;
  const columns = { id, number, address, port, weight, enabled, backup, managed, attestation };
  return { ...columns, forwarding_method: forwardingMethod, virtual_service_id: serviceId };
}

/** @param fields column names with their types, as they stand in the rows of $1, a JSON array. */
function insert(table: string, fields: string): string {
  const names = namesOf(fields).join(', ');
  return `INSERT INTO ${table} (${names}) SELECT ${names} FROM jsonb_to_recordset($1::jsonb) AS w (${fields})`;
}

/** The ids stand there once more as an array, which PostgreSQL looks up in the index; a join alone reads the table. */
function update(table: string, fields: string): string {
  const set = namesOf(fields).map((name) => `${name} = w.${name}`);
  return `UPDATE ${table} t SET ${set.join(', ')}
    FROM jsonb_to_recordset($1::jsonb) AS w (id uuid, ${fields})
    WHERE t.id = w.id AND t.id = ANY (ARRAY(SELECT (e->>'id')::uuid FROM jsonb_array_elements($1::jsonb) AS e))`;
}

function namesOf(fields: string): string[] {
  return fields.split(',').map((field) => field.trim().split(' ', 1)[0] ?? '');
}
