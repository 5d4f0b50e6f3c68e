/** Looks up what the rules must know beside the changed service: a few indexed reads, whatever else there is. */
import type { EntityManager } from 'typeorm';
import { engineAbilities } from '../../compiler/engine-abilities.js';
import type { ReportedHost } from '../../contract/report.js';
import type { NeighbouringService, Surroundings, TakenAddress } from '../../domain/rules/surroundings.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { connectedCapabilities } from '../store/connected-capabilities.js';

export async function loadSurroundings(
  manager: EntityManager,
  service: VirtualService,
): Promise<Surroundings> {
  return {
    abilities: engineAbilities(await connectedCapabilities(manager)),
    directorSubnets: await loadDirectorSubnets(manager),
    nodeAddresses: await loadNodeAddresses(manager, service),
    sameAddress: await loadSameAddress(manager, service),
    otherVips: await loadOtherVips(manager, service),
    otherRealServers: await loadOtherRealServers(manager, service),
  };
}

async function loadDirectorSubnets(manager: EntityManager): Promise<string[]> {
  const rows: { host: ReportedHost }[] = await manager.query(
    `SELECT s.host FROM node n JOIN node_status s ON s.node_id = n.id
     WHERE n.role = 'director' AND s.host IS NOT NULL`,
  );
  const subnets = rows.flatMap(({ host }) => host.interfaces.flatMap(({ addresses }) => addresses));
  // Every host has link-local addresses, and no real server can.
  return subnets.filter((subnet) => !/^(fe80:|169\.254\.)/.test(subnet));
}

/**
 * What operators registered, and what directors see: their own addresses and their gateways. What agents see does not
 * count, or any host could keep any address from becoming a VIP.
 */
function loadNodeAddresses(manager: EntityManager, service: VirtualService): Promise<TakenAddress[]> {
  return manager.query(
    `SELECT host($1::inet) AS address, 'the ' || n.role || ' ' || n.name AS description
     FROM node_address a JOIN node n ON n.id = a.node_id WHERE a.address = $1::inet
     UNION
     SELECT host($1::inet), CASE
         WHEN s.host->'gateways' ? host($1::inet) THEN 'a gateway of ' ELSE '' END || 'the ' || n.role || ' ' || n.name
     FROM node_status s JOIN node n ON n.id = s.node_id AND n.role = 'director'
     WHERE s.seen_addresses @> ARRAY[$1::inet]`,
    [service.address],
  );
}

function loadSameAddress(manager: EntityManager, service: VirtualService): Promise<NeighbouringService[]> {
  return manager.query(
    `SELECT id, name, port, end_port AS "endPort" FROM virtual_service
     WHERE address = $1::inet AND protocol = $2 AND id <> $3`,
    [service.address, service.protocol, service.id],
  );
}

function loadOtherVips(manager: EntityManager, service: VirtualService): Promise<TakenAddress[]> {
  return manager.query(
    `SELECT DISTINCT host(address) AS address, 'the VIP of ' || coalesce(nullif(name, ''), id::text) AS description
     FROM virtual_service WHERE address = ANY ($1::inet[]) AND id <> $2`,
    [service.realServers.map(({ address }) => address), service.id],
  );
}

function loadOtherRealServers(manager: EntityManager, service: VirtualService): Promise<TakenAddress[]> {
  return manager.query(
    `SELECT DISTINCT host(r.address) AS address,
       'a real server of ' || coalesce(nullif(s.name, ''), s.id::text) AS description
     FROM real_server r JOIN virtual_service s ON s.id = r.virtual_service_id
     WHERE r.address = $1::inet AND s.id <> $2 LIMIT 1`,
    [service.address, service.id],
  );
}
