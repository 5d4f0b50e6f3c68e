/**
 * Looks up what the rules must know beside the changed service: a few indexed reads, whatever else there is. They are
 * one statement, because it runs while every other writer waits, and each round trip would be waited for too.
 */
import type { EntityManager } from 'typeorm';
import { engineAbilities } from '../../compiler/engine-abilities.js';
import type { Capabilities } from '../../contract/capabilities.js';
import type { Surroundings } from '../../domain/rules/surroundings.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { CONNECTED_CAPABILITIES } from '../store/connected-capabilities.js';

/** Parameters: $1 VIP, $2 protocol, $3 id of the service, $4 addresses of its real servers,
 * $5 of those without an agent. */
const LOOK_UPS: Readonly<Record<Exclude<keyof Surroundings, 'abilities'> | 'capabilities', string>> = {
  capabilities: CONNECTED_CAPABILITIES,

  // Every host has link-local addresses, and no real server can.
  directorSubnets: `
    SELECT subnet FROM node n JOIN node_status s ON s.node_id = n.id AND n.role = 'director'
    CROSS JOIN jsonb_path_query(s.host, '$.interfaces[*].addresses[*]') AS a (json)
    CROSS JOIN LATERAL (SELECT a.json #>> '{}') AS t (subnet)
    WHERE subnet !~ '^(fe80:|169\\.254\\.)'`,

  // What operators registered, and what directors see: their own addresses and their gateways. What agents see does
  // not count, or any host could keep any address from becoming a VIP.
  nodeAddresses: `
    SELECT host($1::inet) AS address, 'the ' || n.role || ' ' || n.name AS description
    FROM node_address a JOIN node n ON n.id = a.node_id WHERE a.address = $1::inet
    UNION
    SELECT host($1::inet), CASE
        WHEN s.host->'gateways' ? host($1::inet) THEN 'a gateway of ' ELSE '' END || 'the ' || n.role || ' ' || n.name
    FROM node_status s JOIN node n ON n.id = s.node_id AND n.role = 'director'
    WHERE s.seen_addresses @> ARRAY[$1::inet]`,

  agents: `
    SELECT host(a.address) AS address, 'the agent ' || n.name AS description
    FROM node_address a JOIN node n ON n.id = a.node_id AND n.role = 'agent' WHERE a.address = ANY ($5::inet[])`,

  sameAddress: `
    SELECT id, name, port, end_port AS "endPort" FROM virtual_service
    WHERE address = $1::inet AND protocol = $2 AND id <> $3`,

  otherVips: `
    SELECT DISTINCT host(address) AS address, 'the VIP of ' || coalesce(nullif(name, ''), id::text) AS description
    FROM virtual_service WHERE address = ANY ($4::inet[]) AND id <> $3`,

  // The first from there on, not the first that is equal: where each host serves many VIPs, the planner expects a match
  // at every turn, reads the whole table for it, and as a rule there is none. In order, it can only take the index.
  otherRealServers: `
    SELECT host(r.address) AS address, 'a real server of ' || coalesce(nullif(s.name, ''), s.id::text) AS description
    FROM (SELECT address, virtual_service_id FROM real_server
          WHERE address >= $1::inet AND virtual_service_id <> $3 ORDER BY address LIMIT 1) AS r
    JOIN virtual_service s ON s.id = r.virtual_service_id
    WHERE r.address = $1::inet`,
};

const SQL = `SELECT ${Object.entries(LOOK_UPS)
  .map(([name, look]) => `(SELECT coalesce(json_agg(x), '[]') FROM (${look}) x) AS "${name}"`)
  .join(', ')}`;

interface Row extends Omit<Surroundings, 'abilities' | 'directorSubnets'> {
  readonly capabilities: readonly { readonly capabilities: Capabilities }[];
  readonly directorSubnets: readonly { readonly subnet: string }[];
}

export async function loadSurroundings(
  manager: EntityManager,
  { address, protocol, id, realServers }: VirtualService,
): Promise<Surroundings> {
  const [row]: Row[] = await manager.query(SQL, [
    address,
    protocol,
    id,
    realServers.map((server) => server.address),
    realServers.filter(({ managed }) => !managed).map((server) => server.address),
  ]);
  if (row === undefined) throw new Error('a statement without FROM has one row');
  const { capabilities, directorSubnets, ...taken } = row;
  return {
    ...taken,
    abilities: engineAbilities(capabilities.map((one) => one.capabilities)),
    directorSubnets: directorSubnets.map(({ subnet }) => subnet),
  };
}
