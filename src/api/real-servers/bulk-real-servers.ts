/** Adds, patches and removes many real servers of one virtual service, all or none: it is one change of that service. */
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newRealServer, type RealServer, type RealServerDraft } from '../../domain/real-server.js';
import { wantedServer } from '../../domain/replace-real-servers.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import { ChangeVirtualService, type Terms } from '../changes/change-virtual-service.js';
import type { ServiceChange } from '../changes/service-change.js';
import { applyMergePatch } from '../http/apply-merge-patch.js';
import { namedObjects, requireFound, type NamedObject } from '../http/bulk/named-objects.js';
import { Violations } from '../http/bulk/violations.js';
import { takeId } from '../store/take-id.js';
import { inTurn, takeServerNumbers } from '../store/take-numbers.js';
import type { BulkRealServersDto } from './bulk-real-servers.dto.js';
import { RealServerDto } from './real-server.dto.js';
import { readServerDraft, serverBody } from './server-draft.js';

/** Ids, in the order of the lists. */
export interface BulkServersOutcome {
  readonly created: readonly string[];
  readonly patched: readonly string[];
  readonly deleted: readonly string[];
}

/** A server as it shall be, and where the request says so. */
interface Wanted {
  readonly id: string;
  readonly draft: RealServerDraft;
  /** Null: it is new, or at another address, where it is another server to the kernel. */
  readonly server: RealServer | null;
  readonly pointer: string;
}

@Injectable()
export class BulkRealServers {
  constructor(@Inject(ChangeVirtualService) private readonly road: ChangeVirtualService) {}

  async run(serviceId: string, terms: Terms, dto: BulkRealServersDto): Promise<BulkServersOutcome> {
    const { patches, deletions } = namedObjects(dto);
    let created: readonly Wanted[] = [];
    await this.road.changeParts(serviceId, terms, async (before, manager) => {
      const patched = await patchedServers(before, patches, deletions);
      created = (dto.create ?? []).map((server, index) => ({
        id: takeId(manager),
        draft: readServerDraft(server),
        server: null,
        pointer: `/create/${index}`,
      }));
      const gone = new Set([...patches, ...deletions].map(({ id }) => id));
      return together(before, gone, [...patched, ...created], manager);
    });
    const ids = (objects: readonly { readonly id: string }[]) => objects.map(({ id }) => id);
    return { created: ids(created), patched: ids(patches), deleted: ids(deletions) };
  }
}

async function patchedServers(
  { realServers, revision }: VirtualService,
  patches: readonly NamedObject[],
  deletions: readonly NamedObject[],
): Promise<Wanted[]> {
  const troubles = new Violations();
  const known = new Map(realServers.map((server) => [server.id, server]));
  for (const named of deletions) requireFound(named, known.get(named.id), revision, troubles);
  const wanted: Wanted[] = [];
  for (const named of patches) {
    const server = requireFound(named, known.get(named.id), revision, troubles);
    if (server === null) continue;
    const merged = () => applyMergePatch(RealServerDto, serverBody(server), named.patch);
    const dto = await troubles.gather(named.pointer, merged);
    if (dto !== null) wanted.push(wantedFrom(server, readServerDraft(dto), named.pointer));
  }
  troubles.throwIfAny();
  return wanted;
}

function wantedFrom(server: RealServer, draft: RealServerDraft, pointer: string): Wanted {
  return { id: server.id, draft, server: draft.address === server.address ? server : null, pointer };
}

/** Untouched servers first, then those of the request, so that what is said of one can be told where the request has it. */
async function together(
  before: VirtualService,
  named: ReadonlySet<string>,
  wanted: readonly Wanted[],
  manager: EntityManager,
): Promise<Pick<ServiceChange, 'after' | 'where'>> {
  const untouched = before.realServers.filter(({ id }) => !named.has(id));
  const count = wanted.filter(({ server }) => server === null).length;
  const takeNumber = inTurn(await takeServerNumbers(manager, count));
  const servers = wanted.map(({ id, draft, server }) =>
    server === null ? newRealServer(draft, { id, number: takeNumber() }) : wantedServer(server, draft),
  );
  // That there are too many is the doing of those that come.
  const where = (field: string) =>
    field.replace(/^\/realServers$/, '/create').replace(/^\/realServers\/(\d+)/, (said, index: string) => {
      return wanted[Number(index) - untouched.length]?.pointer ?? said;
    });
  return { after: { ...before, realServers: [...untouched, ...servers] }, where };
}
