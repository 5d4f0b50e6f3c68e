/** Creates, patches and deletes virtual services; all of it by the one road of ChangeVirtualService. */
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import {
  addRealServer,
  changeVirtualService,
  newVirtualService,
  VIRTUAL_SERVICE_DEFAULTS,
  type Mark,
  type VirtualService,
} from '../../domain/virtual-service.js';
import { ChangeVirtualService, type Terms } from '../changes/change-virtual-service.js';
import { applyMergePatch } from '../http/apply-merge-patch.js';
import { definedIn } from '../http/defined-in.js';
import { readServerDraft } from '../real-servers/server-draft.js';
import { takeNumbers } from '../store/take-numbers.js';
import { readServiceDraft, serviceBody } from './service-draft.js';
import { VirtualServiceFieldsDto, type CreateVirtualServiceDto } from './virtual-service.dto.js';

@Injectable()
export class WriteVirtualServices {
  constructor(@Inject(ChangeVirtualService) private readonly road: ChangeVirtualService) {}

  create(dto: CreateVirtualServiceDto): Promise<VirtualService> {
    return this.road.create((manager) => makeService(manager, dto));
  }

  async patch(id: string, terms: Terms, patch: Readonly<Record<string, unknown>>): Promise<void> {
    await this.road.change(id, terms, async (before) => {
      const dto = await applyMergePatch(VirtualServiceFieldsDto, serviceBody(before), patch);
      return changeVirtualService(before, {
        ...VIRTUAL_SERVICE_DEFAULTS,
        ...definedIn(readServiceDraft(dto)),
      });
    });
  }

  async remove(id: string, terms: Terms): Promise<void> {
    await this.road.change(id, terms, async () => null);
  }
}

async function makeService(manager: EntityManager, dto: CreateVirtualServiceDto): Promise<VirtualService> {
  const drafts = (dto.realServers ?? []).map(readServerDraft);
  const numbers = await takeNumbers(manager, drafts.length);
  const service = newVirtualService(
    readServiceDraft(dto),
    { id: randomUUID(), number: numbers.service },
    unmarked(),
  );
  return drafts.reduce(
    (grown, draft, index) =>
      addRealServer(grown, draft, { id: randomUUID(), number: numbers.servers[index] ?? 0 }),
    service,
  );
}

/** A service that is not committed has no place in the history yet. */
function unmarked(): Mark {
  return { revision: 0, at: new Date() };
}
