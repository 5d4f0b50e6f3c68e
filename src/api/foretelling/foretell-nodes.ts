/**
 * What a change would do at nodes: the commands of each director and of each real server's host, and the connections that
 * would move. It reads what nodes have reported, and asks nobody; see ask-moved-flows.ts.
 */
import type { EntityManager } from 'typeorm';
import { foretellFlows, type ForetoldFlows } from '../../forwarding/foretell-flows.js';
import { foretellTable, type ForetoldTable, type ServiceOnItsWay } from '../../forwarding/foretell-table.js';
import { foretellHost, type ForetoldHost } from '../../setup/host-plan/foretell-host.js';
import { readCommitOrder } from '../store/commit-order.js';
import type { HostOnItsWay } from './hosts-on-their-way.js';
import type { PlannedChange } from './planned-change.js';
import { readDirectors, type KnownDirector } from './read-directors.js';
import { readHosts } from './read-hosts.js';
import { servicesOnTheirWay } from './services-on-their-way.js';

/** So many hosts are told of at most. */
const MOST_HOSTS_TOLD = 100;

export interface ForetoldDirector extends Pick<KnownDirector, 'id' | 'name'> {
  /** Null: it has not reported, so that nothing is known of its interfaces. */
  readonly table: ForetoldTable | null;
}

export interface ForetoldNodes {
  readonly directors: readonly ForetoldDirector[];
  readonly hosts: readonly (HostOnItsWay & ForetoldHost)[];
  readonly hostsLeftOut: number;
  readonly services: readonly (ServiceOnItsWay & ForetoldFlows)[];
}

export async function foretellNodes(manager: EntityManager, change: PlannedChange): Promise<ForetoldNodes> {
  const { seed } = await readCommitOrder(manager);
  const services = await servicesOnTheirWay(manager, change);
  const directors = await readDirectors(manager, services);
  const hosts = await readHosts(manager, change.services);
  const told = directors.map(({ health }) => health);
  return {
    directors: directors.map((each) => foretoldDirector(each, services, seed)),
    hosts: hosts.slice(0, MOST_HOSTS_TOLD).map((host) => ({ ...host, ...foretellHost(host.changes, host) })),
    hostsLeftOut: Math.max(0, hosts.length - MOST_HOSTS_TOLD),
    services: services.map((service) => ({ ...service, ...foretellFlows(service, told, seed) })),
  };
}

function foretoldDirector(
  { id, name, host, health, blind }: KnownDirector,
  services: readonly ServiceOnItsWay[],
  seed: number,
): ForetoldDirector {
  if (host === null) return { id, name, table: null };
  return { id, name, table: foretellTable(services, { seed, interfaces: host.interfaces, health, blind }) };
}
