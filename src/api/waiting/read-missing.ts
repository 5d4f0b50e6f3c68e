/** Reads which nodes still lack the newest state of services: a handful of statements for any number of them. */
import type { EntityManager } from 'typeorm';
import { missingDirectors, missingNodes, type MissingNode } from '../../domain/missing-nodes.js';
import { observeServices } from '../status/observe-services.js';
import { readObservations } from '../status/read-status.js';
import { loadVirtualServices } from '../store/load-virtual-services.js';

/** By the id of the service. Of one that is deleted: the directors that may still forward it. */
export async function readMissing(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly MissingNode[]>> {
  const services = await loadVirtualServices(manager, ids);
  const known = new Set(services.map(({ id }) => id));
  const gone = ids.filter((id) => !known.has(id));
  const [observed, observedGone] = await Promise.all([
    readObservations(manager, services),
    gone.length > 0 ? observeServices(manager, gone) : null,
  ]);
  return new Map([
    ...observed.map(
      ({ service, observation, servers }) =>
        [service.id, missingNodes(service, observation, servers)] as const,
    ),
    ...gone.map(
      (id) => [id, observedGone === null ? [] : missingDirectors(observedGone(id).observation)] as const,
    ),
  ]);
}
