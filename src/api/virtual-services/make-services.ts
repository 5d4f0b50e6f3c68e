/** Makes virtual services, with their real servers, of what their bodies say; nothing is stored yet. */
import type { EntityManager } from 'typeorm';
import { newRealServer } from '../../domain/real-server.js';
import { newVirtualService, type Mark, type VirtualService } from '../../domain/virtual-service.js';
import { mapInTurns } from '../../platform/in-turns.js';
import { readServerDraft } from '../real-servers/server-draft.js';
import { takeId } from '../store/take-id.js';
import { inTurn, takeServerNumbers, takeServiceNumbers } from '../store/take-numbers.js';
import { readServiceDraft } from './service-draft.js';
import type { CreateVirtualServiceDto } from './virtual-service.dto.js';

/** Each takes some hundredths of a millisecond; others have their turn in between. */
const MADE_AT_ONCE = 500;

export async function makeServices(
  manager: EntityManager,
  dtos: readonly CreateVirtualServiceDto[],
): Promise<VirtualService[]> {
  const serverCount = dtos.reduce((sum, { realServers = [] }) => sum + realServers.length, 0);
  const [numbers, serverNumbers] = await Promise.all([
    takeServiceNumbers(manager, dtos.length),
    takeServerNumbers(manager, serverCount),
  ]);
  const take = { number: inTurn(numbers), serverNumber: inTurn(serverNumbers) };
  return mapInTurns(dtos, MADE_AT_ONCE, (dto) => makeService(manager, dto, take));
}

interface Take {
  readonly number: () => number;
  readonly serverNumber: () => number;
}

function makeService(manager: EntityManager, dto: CreateVirtualServiceDto, take: Take): VirtualService {
  const drafts = (dto.realServers ?? []).map(readServerDraft);
  const identity = { id: takeId(manager), number: take.number() };
  return {
    ...newVirtualService(readServiceDraft(dto), identity, unmarked()),
    realServers: drafts.map((draft) =>
      newRealServer(draft, { id: takeId(manager), number: take.serverNumber() }),
    ),
  };
}

/** A service that is not committed has no place in the history yet. */
function unmarked(): Mark {
  return { revision: 0, at: new Date() };
}
