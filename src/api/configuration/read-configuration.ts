/**
 * Reads the virtual services of the configuration in its order, as they are or as they were at a revision, some at a time:
 * what is at hand at once is the places of all, and the services that were changed since.
 */
import type { EntityManager } from 'typeorm';
import { knownAddress } from '../../domain/address.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { pastService } from '../revisions/past-service.js';
import { touchedSince } from '../revisions/touched-since.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';
import { isInScope, type Scope } from './configuration-scope.js';
import { placeKey, type Place } from './service-place.js';

const AT_A_TIME = 250;

interface Placed {
  readonly key: string;
  readonly id: string;
  /** Where it is not as it is stored. */
  readonly past: VirtualService | null;
}

/** @param at a revision; undefined: now. Not all of it is read at one moment unless the transaction sees to it. */
export async function* readConfiguration(
  manager: EntityManager,
  scope: Scope,
  at: number | undefined,
): AsyncGenerator<readonly VirtualService[]> {
  const past = at === undefined ? new Map<string, VirtualService | null>() : await pastServices(manager, at);
  const placed = [
    ...(await storedPlaces(manager, scope)).filter(({ id }) => !past.has(id)),
    ...[...past.values()].flatMap((service) => placedPast(service, scope)),
  ].sort((a, b) => (a.key < b.key ? -1 : 1));
  for (let start = 0; start < placed.length; start += AT_A_TIME) {
    yield await loaded(manager, placed.slice(start, start + AT_A_TIME));
  }
}

async function loaded(manager: EntityManager, placed: readonly Placed[]): Promise<VirtualService[]> {
  const ids = placed.flatMap(({ id, past }) => (past === null ? [id] : []));
  const stored = new Map((await loadVirtualServices(manager, ids)).map((service) => [service.id, service]));
  return placed.flatMap(({ id, past }) => past ?? stored.get(id) ?? []);
}

async function storedPlaces(manager: EntityManager, scope: Scope): Promise<Placed[]> {
  const rows = await manager.query<(Place & { readonly id: string })[]>(
    'SELECT id, host(address) AS address, protocol, port FROM virtual_service WHERE tags @> $1::jsonb',
    [JSON.stringify(scope)],
  );
  return rows.map((row) => ({
    key: placeKey({ ...row, address: knownAddress(row.address) }),
    id: row.id,
    past: null,
  }));
}

function placedPast(service: VirtualService | null, scope: Scope): Placed[] {
  if (service === null || !isInScope(scope, service.tags)) return [];
  return [{ key: placeKey(service), id: service.id, past: service }];
}

/** They are shown and not stored, so that no marks are taken for them. */
async function pastServices(
  manager: EntityManager,
  at: number,
): Promise<ReadonlyMap<string, VirtualService | null>> {
  const touched = await touchedSince(manager, at, null);
  const now = new Map(
    (await loadVirtualServices(manager, [...touched.keys()])).map((service) => [service.id, service]),
  );
  const none = { service: () => 0, server: () => 0 };
  return new Map(
    [...touched.values()].map((each) => [each.id, pastService(each, now.get(each.id) ?? null, none)]),
  );
}
