/**
 * The hosts whose VIPs a change would change, with an agent or without: by what operators want, for a VIP that nobody wants
 * any more leaves in the end. What it reads grows with the change and with nothing else.
 */
import type { EntityManager } from 'typeorm';
import type { Breaths } from '../../platform/breaths.js';
import { hosted, hostedBy, type Hosted } from './hosted-services.js';
import { hostsOnTheirWay, type HostOnItsWay, type Named } from './hosts-on-their-way.js';
import { idOf, type PlannedService } from './planned-change.js';

/** So many are told of at most. */
const MOST_HOSTS_TOLD = 100;

export interface FoundHosts {
  /** Agents' hosts by name, and then the others. */
  readonly told: readonly HostOnItsWay[];
  readonly leftOut: number;
}

export async function readHosts(
  manager: EntityManager,
  services: readonly PlannedService[],
  breaths: Breaths,
): Promise<FoundHosts> {
  const before = services.flatMap((each) => hostedBy(each.before));
  const after = services.flatMap((each) => hostedBy(each.after));
  const hosts = await readNamed(manager, [...before, ...after]);
  if (hosts.length === 0) return { told: [], leftOut: 0 };
  const vips = [...new Set([...before, ...after].map(({ vip }) => vip))];
  const rest = await readRest(manager, hosts, vips, services.map(idOf));
  const others = await readOthers(manager, hosts, vips);
  return counted(hostsOnTheirWay(hosts, { before, after, rest, others }), breaths);
}

async function counted(hosts: Iterable<HostOnItsWay>, breaths: Breaths): Promise<FoundHosts> {
  const told: HostOnItsWay[] = [];
  let leftOut = 0;
  for (const host of hosts) {
    if (told.length < MOST_HOSTS_TOLD) told.push(host);
    else leftOut += 1;
    await breaths.take();
  }
  return { told, leftOut };
}

const NODES = `
  SELECT n.id, n.name, ARRAY(SELECT host(a.address) FROM node_address a WHERE a.node_id = n.id) AS addresses
  FROM node n WHERE n.role = 'agent' AND EXISTS (
    SELECT 1 FROM node_address a WHERE a.node_id = n.id AND a.address = ANY ($1::inet[]))
  ORDER BY n.name COLLATE "C"`;

/** An agent's host is one, by whichever of its addresses real servers name it. */
async function readNamed(manager: EntityManager, all: readonly Hosted[]): Promise<readonly Named[]> {
  if (all.length === 0) return [];
  const managed = new Map(all.map((each) => [each.address, each.managed]));
  const rows: { id: string; name: string; addresses: string[] }[] = await manager.query(NODES, [
    [...managed].flatMap(([address, isManaged]) => (isManaged ? [address] : [])),
  ]);
  const known = new Set(rows.flatMap(({ addresses }) => addresses));
  const agents = rows.map(({ id, name, addresses }) => ({ nodeId: id, name, addresses, hasAgent: true }));
  const alone = [...managed].filter(([address]) => !known.has(address));
  const nameless = alone.map(([address, hasAgent]) => {
    return { nodeId: null, name: address, addresses: [address], hasAgent };
  });
  return [...agents, ...nameless];
}

const WANTED = `r.enabled AND s.enabled AND r.forwarding_method = 'direct-return'`;

const REST = `
  SELECT host(s.address) AS vip, host(r.address) AS address, r.managed, s.protocol, s.port, s.end_port AS "endPort"
  FROM virtual_service s JOIN real_server r ON r.virtual_service_id = s.id
  WHERE s.address = ANY ($2::inet[]) AND r.address = ANY ($1::inet[]) AND s.id NOT IN (SELECT unnest($3::uuid[])) AND ${WANTED}`;

interface RestRow {
  readonly vip: string;
  readonly address: string;
  readonly managed: boolean;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly endPort: number | null;
}

async function readRest(
  manager: EntityManager,
  hosts: readonly Named[],
  vips: readonly string[],
  changed: readonly string[],
): Promise<readonly Hosted[]> {
  const addresses = hosts.flatMap((host) => host.addresses);
  const rows: RestRow[] = await manager.query(REST, [addresses, vips, changed]);
  return rows.map(({ vip, address, managed, ...ports }) => ({
    vip,
    address,
    managed,
    service: hosted(ports),
  }));
}

/** One VIP of a family says all that is asked of the others. */
const OTHERS = `
  SELECT w.name, ARRAY(
    SELECT host(found.address) FROM unnest(ARRAY[4, 6]) AS f (family), LATERAL (
      SELECT s.address FROM real_server r JOIN virtual_service s ON s.id = r.virtual_service_id
      WHERE r.address = ANY (string_to_array(w.addresses, ' ')::inet[]) AND family(s.address) = f.family
        AND s.address NOT IN (SELECT unnest($3::inet[])) AND ${WANTED} LIMIT 1) AS found) AS vips
  FROM unnest($1::text[], $2::text[]) AS w (name, addresses)`;

async function readOthers(
  manager: EntityManager,
  hosts: readonly Named[],
  vips: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows: { name: string; vips: string[] }[] = await manager.query(OTHERS, [
    hosts.map(({ name }) => name),
    hosts.map(({ addresses }) => addresses.join(' ')),
    vips,
  ]);
  return new Map(rows.map((row) => [row.name, row.vips]));
}
