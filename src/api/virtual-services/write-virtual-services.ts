/** Creates, patches and deletes virtual services; all of it by the one road of ChangeVirtualService. */
import { Inject, Injectable } from '@nestjs/common';
import type { VirtualService } from '../../domain/virtual-service.js';
import { ChangeVirtualService, type Terms } from '../changes/change-virtual-service.js';
import { sameField, type ServiceChange } from '../changes/service-change.js';
import { MOST_SERVERS_BROUGHT } from '../http/bulk/bulk-limits.js';
import { namedObjects, requireFound, type NamedObject } from '../http/bulk/named-objects.js';
import { Violations } from '../http/bulk/violations.js';
import { invalidRequest, violation } from '../http/invalid-request.js';
import type { BulkVirtualServicesDto } from './bulk-virtual-services.dto.js';
import { makeServices } from './make-services.js';
import { patchedService } from './patched-service.js';
import type { CreateVirtualServiceDto } from './virtual-service.dto.js';

/** What a bulk request has done, in the order of its lists. */
export interface BulkOutcome {
  /** Null: nothing had to be changed. */
  readonly revision: number | null;
  readonly created: readonly string[];
  readonly patched: readonly string[];
  readonly deleted: readonly string[];
}

@Injectable()
export class WriteVirtualServices {
  constructor(@Inject(ChangeVirtualService) private readonly road: ChangeVirtualService) {}

  create(dto: CreateVirtualServiceDto): Promise<VirtualService> {
    return this.road.create(async (manager) => {
      const [service] = await makeServices(manager, [dto]);
      if (service === undefined) throw new Error('a service was asked for and none was made');
      return service;
    });
  }

  async patch(id: string, terms: Terms, patch: Readonly<Record<string, unknown>>): Promise<void> {
    await this.road.change(id, terms, (before) => patchedService(before, patch));
  }

  async remove(id: string, terms: Terms): Promise<void> {
    await this.road.change(id, terms, async () => null);
  }

  /** All of it or nothing, as one revision. */
  async bulk(dto: BulkVirtualServicesDto, approve: string | undefined): Promise<BulkOutcome> {
    const { patches, deletions } = namedObjects(dto);
    requireFewServers(dto.create ?? []);
    const ids = (objects: readonly NamedObject[]) => objects.map(({ id }) => id);
    let created: readonly string[] = [];
    const revision = await this.road.changeSeveral(
      ids([...patches, ...deletions]),
      approve,
      async (found, manager) => {
        const named = await changesOfNamed(found, patches, deletions);
        const made = await makeServices(manager, dto.create ?? []);
        created = made.map(({ id }) => id);
        return [
          ...named,
          ...made.map((after, index) => ({ before: null, after, where: at('/create', index) })),
        ];
      },
    );
    return { revision, created, patched: ids(patches), deleted: ids(deletions) };
  }
}

/** A transaction holds them all, and everybody else waits for it. */
function requireFewServers(dtos: readonly CreateVirtualServiceDto[]): void {
  const count = dtos.reduce((sum, { realServers = [] }) => sum + realServers.length, 0);
  if (count <= MOST_SERVERS_BROUGHT) return;
  const message = `A request brings at most ${MOST_SERVERS_BROUGHT} real servers along; these are ${count}.`;
  throw invalidRequest(violation('field-invalid', '/create', message, 'Send several requests.'));
}

async function changesOfNamed(
  found: ReadonlyMap<string, VirtualService>,
  patches: readonly NamedObject[],
  deletions: readonly NamedObject[],
): Promise<ServiceChange[]> {
  const troubles = new Violations();
  const changes: ServiceChange[] = [];
  for (const named of [...patches, ...deletions]) {
    const service = found.get(named.id);
    const before = requireFound(named, service, service?.revision ?? 0, troubles);
    if (before === null) continue;
    if (deletions.includes(named)) changes.push({ before, after: null, where: sameField });
    else {
      const after = await troubles.gather(named.pointer, () => patchedService(before, named.patch));
      if (after !== null) changes.push({ before, after, where: (field) => named.pointer + field });
    }
  }
  troubles.throwIfAny();
  return changes;
}

function at(list: string, index: number): ServiceChange['where'] {
  return (field) => `${list}/${index}${field}`;
}
