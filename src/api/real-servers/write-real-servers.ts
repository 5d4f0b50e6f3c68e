/** Adds, replaces, patches and removes real servers; each is a change of the virtual service that they belong to. */
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';
import { REAL_SERVER_DEFAULTS, type RealServer, type RealServerDraft } from '../../domain/real-server.js';
import { matchByAddress, replaceRealServers } from '../../domain/replace-real-servers.js';
import {
  addRealServer,
  changeRealServer,
  removeRealServer,
  type VirtualService,
} from '../../domain/virtual-service.js';
import { ChangeVirtualService, type Terms } from '../changes/change-virtual-service.js';
import { applyMergePatch } from '../http/apply-merge-patch.js';
import { definedIn } from '../http/defined-in.js';
import { takeId } from '../store/take-id.js';
import { inTurn, takeServerNumbers } from '../store/take-numbers.js';
import { RealServerDto } from './real-server.dto.js';
import { readServerDraft, serverBody } from './server-draft.js';

@Injectable()
export class WriteRealServers {
  constructor(@Inject(ChangeVirtualService) private readonly road: ChangeVirtualService) {}

  /** @returns the id of the new server. */
  async attach(serviceId: string, terms: Terms, dto: RealServerDto): Promise<string> {
    let id = '';
    await this.road.change(serviceId, terms, async (before, manager) => {
      id = takeId(manager);
      return addRealServer(before, readServerDraft(dto), { id, number: await takeNumber(manager) });
    });
    return id;
  }

  async replace(
    serviceId: string,
    terms: Terms,
    dtos: readonly RealServerDto[],
    options: { readonly additiveOnly: boolean },
  ): Promise<void> {
    await this.road.change(serviceId, terms, async (before, manager) => {
      const wanted = matchByAddress(before, dtos.map(readServerDraft));
      const count = wanted.filter(({ server }) => server === null).length;
      const nextNumber = inTurn(await takeServerNumbers(manager, count));
      const takeIdentity = () => ({ id: takeId(manager), number: nextNumber() });
      return replaceRealServers(before, wanted, takeIdentity, options);
    });
  }

  async patch(
    serviceId: string,
    id: string,
    terms: Terms,
    patch: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.road.change(serviceId, terms, async (before, manager) => {
      const server = requireServer(before, id);
      const draft = readServerDraft(await applyMergePatch(RealServerDto, serverBody(server), patch));
      if (draft.address !== server.address) return moveServer(before, id, draft, await takeNumber(manager));
      return changeRealServer(before, id, { ...REAL_SERVER_DEFAULTS, ...definedIn(draft) });
    });
  }

  async detach(serviceId: string, id: string, terms: Terms): Promise<void> {
    await this.road.change(serviceId, terms, async (before) => {
      requireServer(before, id);
      return removeRealServer(before, id);
    });
  }
}

export function requireServer(service: VirtualService, id: string): RealServer {
  const server = service.realServers.find((each) => each.id === id);
  if (server !== undefined) return server;
  throw new Failed(
    failure(
      'not-found',
      'not-found',
      `The virtual service ${service.id} has no real server ${id}.`,
      `List them: GET /v1/virtual-services/${service.id}/real-servers.`,
    ),
  );
}

/** At another address it is another server to the kernel: a new number, so that the flows of the old one can drain. */
function moveServer(
  service: VirtualService,
  id: string,
  draft: RealServerDraft,
  number: number,
): VirtualService {
  return addRealServer(removeRealServer(service, id), draft, { id, number });
}

async function takeNumber(manager: EntityManager): Promise<number> {
  const [number] = await takeServerNumbers(manager, 1);
  return number ?? 0;
}
