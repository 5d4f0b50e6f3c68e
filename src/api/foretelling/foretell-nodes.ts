/**
 * What a change would do at nodes: the commands of each director and of each real server's host, and the connections that
 * would move. It reads what nodes have reported, and asks nobody; see ask-moved-flows.ts.
 */
import type { EntityManager } from 'typeorm';
import { foretellFlows, type ForetoldFlows } from '../../forwarding/foretell-flows.js';
import { foretellTable, type ForetoldTable, type ServiceOnItsWay } from '../../forwarding/foretell-table.js';
import type { Breaths } from '../../platform/breaths.js';
import { foretellHost, type ForetoldHost } from '../../setup/host-plan/foretell-host.js';
import { readCommitOrder } from '../store/commit-order.js';
import type { HostOnItsWay } from './hosts-on-their-way.js';
import type { PlannedChange } from './planned-change.js';
import { readDirectors, type KnownDirector } from './read-directors.js';
import { readHosts } from './read-hosts.js';
import { roomForSlots } from './room-for-slots.js';
import { servicesOnTheirWay, type FoundServices } from './services-on-their-way.js';

export interface ForetoldDirector extends Pick<KnownDirector, 'id' | 'name'> {
  /** Null: it has not reported, so that nothing is known of its interfaces. */
  readonly table: ForetoldTable | null;
}

export interface ForetoldNodes {
  readonly directors: readonly ForetoldDirector[];
  readonly hosts: readonly (HostOnItsWay & ForetoldHost)[];
  readonly hostsLeftOut: number;
  readonly services: readonly (ServiceOnItsWay & ForetoldFlows)[];
  /** Of whose connections nothing is told. */
  readonly servicesLeftOut: number;
}

export async function foretellNodes(
  manager: EntityManager,
  change: PlannedChange,
  breaths: Breaths,
): Promise<ForetoldNodes> {
  const { seed } = await readCommitOrder(manager);
  const services = await servicesOnTheirWay(manager, change);
  const known = await readDirectors(manager, services.told);
  const found = await readHosts(manager, change.services, breaths);
  const directors = await inSlices(known, breaths, (each) => foretoldDirector(each, services, seed));
  const hosts = await inSlices(found.told, breaths, (host) => ({
    ...host,
    ...foretellHost(host.changes, host),
  }));
  const health = known.map((director) => director.health);
  const counted = roomForSlots(services.told);
  return {
    directors,
    hosts,
    hostsLeftOut: found.leftOut,
    services: await inSlices(counted, breaths, (each) => ({ ...each, ...foretellFlows(each, health, seed) })),
    servicesLeftOut: services.leftOut + services.told.length - counted.length,
  };
}

async function inSlices<T, U>(all: readonly T[], breaths: Breaths, work: (one: T) => U): Promise<U[]> {
  const done: U[] = [];
  for (const one of all) {
    await breaths.take();
    done.push(work(one));
  }
  return done;
}

function foretoldDirector(
  { id, name, host, health, blind }: KnownDirector,
  { told, leftOut }: FoundServices,
  seed: number,
): ForetoldDirector {
  if (host === null) return { id, name, table: null };
  const table = foretellTable(told, { seed, interfaces: host.interfaces, health, blind });
  return { id, name, table: { ...table, leftOut: table.leftOut + leftOut } };
}
