/**
 * Looks up what the rules must know beside the changed services: a few indexed reads for each, whatever else there is. They
 * are one statement, because it runs while every other writer waits, and each round trip would be waited for too.
 */
import type { EntityManager } from 'typeorm';
import { engineAbilities } from '../../compiler/engine-abilities.js';
import type { Capabilities } from '../../contract/capabilities.js';
import type { Surroundings } from '../../domain/rules/surroundings.js';
import { portsOf, type VirtualService } from '../../domain/virtual-service.js';
import { CONNECTED_CAPABILITIES } from '../store/connected-capabilities.js';

type OfAll = 'abilities' | 'directorSubnets';
type OfOne = Omit<Surroundings, OfAll>;

// Every host has link-local addresses, and no real server can.
const DIRECTOR_SUBNETS = `
  SELECT subnet FROM node n JOIN node_status s ON s.node_id = n.id AND n.role = 'director'
  CROSS JOIN jsonb_path_query(s.host, '$.interfaces[*].addresses[*]') AS a (json)
  CROSS JOIN LATERAL (SELECT a.json #>> '{}') AS t (subnet)
  WHERE subnet !~ '^(fe80:|169\\.254\\.)'`;

const MOST_IN_THE_WAY = 10;

/** As the constraint says them: ports of TCP, and those of UDP behind them. */
const offsetOf = (protocol: string) => `CASE ${protocol} WHEN 'tcp' THEN 0 ELSE 65536 END`;
const PORTS = `int4range(${offsetOf('protocol')} + port, ${offsetOf('protocol')} + coalesce(end_port, port), '[]')`;

/** `w` is the service that is looked around; $2: the ids of all that are changed with it. */
const LOOK_UPS: Readonly<Record<keyof OfOne, string>> = {
  // What operators registered, and what directors see: their own addresses and their gateways. What agents see does
  // not count, or any host could keep any address from becoming a VIP.
  nodeAddresses: `
    SELECT host(w.vip) AS address, 'the ' || n.role || ' ' || n.name AS description
    FROM node_address a JOIN node n ON n.id = a.node_id WHERE a.address = w.vip
    UNION
    SELECT host(w.vip), CASE
        WHEN s.host->'gateways' ? host(w.vip) THEN 'a gateway of ' ELSE '' END || 'the ' || n.role || ' ' || n.name
    FROM node_status s JOIN node n ON n.id = s.node_id AND n.role = 'director'
    WHERE s.seen_addresses @> ARRAY[w.vip]`,

  agents: `
    SELECT host(a.address) AS address, 'the agent ' || n.name AS description
    FROM node_address a JOIN node n ON n.id = a.node_id AND n.role = 'agent' WHERE a.address = ANY (w.unmanaged)`,

  // Of a VIP with thousands of ports only those in the way, which the index of the constraint finds by their ports, and of
  // thousands in the way some: whoever is told of ten needs no more.
  sameAddress: `
    SELECT id, name, port, end_port AS "endPort" FROM virtual_service
    WHERE address = w.vip AND ${PORTS} && int4range(${offsetOf('w.protocol')} + w.first, ${offsetOf('w.protocol')} + greatest(w.first, w.last), '[]')
      AND id <> ALL ($2) LIMIT ${MOST_IN_THE_WAY}`,

  otherVips: `
    SELECT DISTINCT host(address) AS address, 'the VIP of ' || coalesce(nullif(name, ''), id::text) AS description
    FROM virtual_service WHERE address = ANY (w.hosts) AND id <> ALL ($2)`,

  // In order, and not only equal: where each host serves many VIPs, the planner expects a match at every turn, reads the
  // whole table for it, and as a rule there is none. In order, it can only take the index.
  otherRealServers: `
    SELECT host(r.address) AS address, 'a real server of ' || coalesce(nullif(s.name, ''), s.id::text) AS description
    FROM (SELECT address, virtual_service_id FROM real_server
          WHERE address >= w.vip AND address <= w.vip AND virtual_service_id <> ALL ($2) ORDER BY address LIMIT 1) AS r
    JOIN virtual_service s ON s.id = r.virtual_service_id`,
};

const AROUND_ONE = Object.entries(LOOK_UPS).map(
  ([name, look]) => `'${name}', (SELECT coalesce(json_agg(x), '[]') FROM (${look}) x)`,
);

/** $1: the services as rows of `w`, in their order. */
const SQL = `
  SELECT (SELECT coalesce(json_agg(x), '[]') FROM (${CONNECTED_CAPABILITIES}) x) AS capabilities,
    (SELECT coalesce(json_agg(x), '[]') FROM (${DIRECTOR_SUBNETS}) x) AS "directorSubnets",
    (SELECT coalesce(json_agg(json_build_object(${AROUND_ONE.join(', ')}) ORDER BY w.position), '[]')
     FROM jsonb_to_recordset($1::jsonb) AS w (position integer, vip inet, protocol text, first integer, last integer,
       hosts inet[], unmanaged inet[])) AS each`;

interface Row {
  readonly capabilities: readonly { readonly capabilities: Capabilities }[];
  readonly directorSubnets: readonly { readonly subnet: string }[];
  readonly each: readonly OfOne[];
}

/**
 * @param changed ids of all services that are changed, these and those that go: they are in nobody's way.
 * @returns in the order of the services.
 */
export async function loadSurroundings(
  manager: EntityManager,
  services: readonly VirtualService[],
  changed: readonly string[],
): Promise<Surroundings[]> {
  if (services.length === 0) return [];
  const [row]: Row[] = await manager.query(SQL, [JSON.stringify(services.map(placeOf)), changed]);
  if (row === undefined) throw new Error('a statement without FROM has one row');
  const abilities = engineAbilities(row.capabilities.map((one) => one.capabilities));
  const directorSubnets = row.directorSubnets.map(({ subnet }) => subnet);
  return row.each.map((around) => ({ ...around, abilities, directorSubnets }));
}

function placeOf(service: VirtualService, position: number): object {
  const { address, protocol, realServers } = service;
  return {
    position,
    vip: address,
    protocol,
    ...portsOf(service),
    hosts: realServers.map((server) => server.address),
    unmanaged: realServers.filter(({ managed }) => !managed).map((server) => server.address),
  };
}
