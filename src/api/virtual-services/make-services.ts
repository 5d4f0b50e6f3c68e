/** Makes virtual services, with their real servers, of what their bodies say; nothing is stored yet. */
import type { EntityManager } from 'typeorm';
import { newRealServer } from '../../domain/real-server.js';
import { newVirtualService, type Mark, type VirtualService } from '../../domain/virtual-service.js';
import { readServerDraft } from '../real-servers/server-draft.js';
import { takeId } from '../store/take-id.js';
import { takeServerNumbers, takeServiceNumbers } from '../store/take-numbers.js';
import { readServiceDraft } from './service-draft.js';
import type { CreateVirtualServiceDto } from './virtual-service.dto.js';

export async function makeServices(
  manager: EntityManager,
  dtos: readonly CreateVirtualServiceDto[],
): Promise<VirtualService[]> {
  const serverCount = dtos.reduce((sum, { realServers = [] }) => sum + realServers.length, 0);
  const [numbers, serverNumbers] = await Promise.all([
    takeServiceNumbers(manager, dtos.length),
    takeServerNumbers(manager, serverCount),
  ]);
  return dtos.map((dto) => makeService(manager, dto, numbers, serverNumbers));
}

/** Takes what it needs from the beginning of both lists. */
function makeService(
  manager: EntityManager,
  dto: CreateVirtualServiceDto,
  numbers: number[],
  serverNumbers: number[],
): VirtualService {
  const drafts = (dto.realServers ?? []).map(readServerDraft);
  const taken = serverNumbers.splice(0, drafts.length);
  const identity = { id: takeId(manager), number: numbers.shift() ?? 0 };
  return {
    ...newVirtualService(readServiceDraft(dto), identity, unmarked()),
    realServers: drafts.map((draft, index) =>
      newRealServer(draft, { id: takeId(manager), number: taken[index] ?? 0 }),
    ),
  };
}

/** A service that is not committed has no place in the history yet. */
function unmarked(): Mark {
  return { revision: 0, at: new Date() };
}
