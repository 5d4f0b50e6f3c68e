/**
 * Reads virtual services with their real servers, as the domain knows them: one statement for any number of them. It is
 * written out because every change and every answer waits for it.
 */
import type { EntityManager } from 'typeorm';
import { knownAddress } from '../../domain/address.js';
import type { RealServer } from '../../domain/real-server.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { askedTogether, GoesAlone, sharedBy } from './shared-transaction.js';
import { readAttestation, type StoredAttestation } from './stored-attestation.js';

type Row = Omit<VirtualService, 'address' | 'realServers'> & {
  readonly address: string;
  readonly realServers: readonly ServerRow[];
};

type ServerRow = Omit<RealServer, 'address' | 'attestation'> & {
  readonly address: string;
  readonly attestation: StoredAttestation | null;
};

const REAL_SERVERS = `
  SELECT coalesce(json_agg(json_build_object(
    'id', r.id, 'number', r.number, 'address', host(r.address), 'port', r.port, 'weight', r.weight,
    'forwardingMethod', r.forwarding_method, 'enabled', r.enabled, 'backup', r.backup, 'managed', r.managed,
    'attestation', r.attestation) ORDER BY r.number), '[]')
  FROM real_server r WHERE r.virtual_service_id = s.id`;

const SERVICES = `
  SELECT s.id, s.number, s.name, s.description, host(s.address) AS address, s.port, s.end_port AS "endPort",
    s.protocol, s.force_l4 AS "forceL4", s.enabled, s.scheduler, s.persistence, s.flow_affinity AS "flowAffinity",
    s.health_check AS "healthCheck", s.drain_seconds AS "drainSeconds", s.slow_start_seconds AS "slowStartSeconds", s.min_healthy AS "minHealthy", s.tags, s.revision::float8 AS revision, s.created_at AS "createdAt",
    s.updated_at AS "updatedAt", (${REAL_SERVERS}) AS "realServers"
  FROM virtual_service s WHERE s.id`;

const BY_ID = `${SERVICES} = ANY ($1)`;

/**
 * An array, so that the services are found first; OFFSET and LIMIT, so that each VIP and each host is looked up by
 * itself. Where the planner may join as it likes, it goes through all services that there are, for each VIP of a report.
 */
const BY_PLACE = `${SERVICES} = ANY (ARRAY(
  SELECT v.id FROM unnest($1::uuid[], $2::inet[]) AS w (node_id, vip)
  CROSS JOIN LATERAL (SELECT id FROM virtual_service WHERE address = w.vip OFFSET 0) AS v
  CROSS JOIN LATERAL (SELECT 1 FROM node_address a
    JOIN real_server r ON r.virtual_service_id = v.id AND r.address = a.address
    WHERE a.node_id = w.node_id LIMIT 1) AS x))`;

export interface VipOfNode {
  readonly nodeId: string;
  readonly vip: string;
}

/** In no particular order; ids that nothing has are left out. */
export async function loadVirtualServices(
  manager: EntityManager,
  ids: readonly string[],
): Promise<VirtualService[]> {
  if (ids.length === 0) return [];
  const rows: Row[] = await manager.query(BY_ID, [ids]);
  return rows.map(toVirtualService);
}

/** Services that have a server on the host of one of these nodes and the VIP named with it. */
export async function loadServicesAt(
  manager: EntityManager,
  places: readonly VipOfNode[],
): Promise<VirtualService[]> {
  if (places.length === 0) return [];
  const rows: Row[] = await manager.query(BY_PLACE, [
    places.map(({ nodeId }) => nodeId),
    places.map(({ vip }) => vip),
  ]);
  return rows.map(toVirtualService);
}

/** By their ids those services that there are, which stay locked until the transaction ends. */
export async function lockVirtualServices(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, VirtualService>> {
  const shared = sharedBy(manager);
  if (shared === undefined) return (await lock(manager, ids, '')).services;
  // Who changes a service that another one changes has to see what that one made of it.
  if (!ids.every((id) => shared.claim(`virtual service ${id}`))) throw new GoesAlone();
  return lockTogether(shared, ids);
}

/** Nobody waits with the others for somebody's lock: who would have to goes alone. */
const lockTogether = askedTogether(async (manager: EntityManager, each: readonly (readonly string[])[]) => {
  const { locked, services } = await lock(manager, each.flat(), 'SKIP LOCKED');
  return each.map((ids) =>
    ids.some((id) => services.has(id) && !locked.has(id))
      ? new GoesAlone()
      : new Map(ids.flatMap((id) => entryOf(services, id))),
  );
});

function entryOf<K, V>(map: ReadonlyMap<K, V>, key: K): [K, V][] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}

interface Locked {
  readonly locked: ReadonlySet<string>;
  readonly services: ReadonlyMap<string, VirtualService>;
}

async function lock(
  manager: EntityManager,
  ids: readonly string[],
  orElse: '' | 'SKIP LOCKED',
): Promise<Locked> {
  if (ids.length === 0) return { locked: new Set(), services: new Map() };
  // Two statements, because the second must see what the first has waited for: each has a snapshot of its own. In order,
  // so that two who want the same services do not wait for each other.
  const [rows, services] = await Promise.all([
    manager.query<{ id: string }[]>(
      `SELECT id FROM virtual_service WHERE id = ANY ($1) ORDER BY id FOR UPDATE ${orElse}`,
      [ids],
    ),
    loadVirtualServices(manager, ids),
  ]);
  return {
    locked: new Set(rows.map(({ id }) => id)),
    services: new Map(services.map((service) => [service.id, service])),
  };
}

function toVirtualService(row: Row): VirtualService {
  return {
    ...row,
    address: knownAddress(row.address),
    realServers: row.realServers.map(toRealServer),
  };
}

function toRealServer(row: ServerRow): RealServer {
  return { ...row, address: knownAddress(row.address), attestation: readAttestation(row.attestation) };
}
