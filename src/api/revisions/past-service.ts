/**
 * Makes a virtual service what it was at a revision: of what it is now, and of what the history has of the objects that
 * were changed since. Who is there now stays who it is, with its mark in the kernel; who comes back does so under its id,
 * with a new mark. What an operator attested is a word about a host at its time: it is neither brought back nor taken. Pure.
 */
import { newRealServer, type RealServer, type RealServerDraft } from '../../domain/real-server.js';
import { wantedServer } from '../../domain/replace-real-servers.js';
import {
  changeVirtualService,
  newVirtualService,
  VIRTUAL_SERVICE_DEFAULTS,
  type VirtualService,
} from '../../domain/virtual-service.js';
import { definedIn } from '../http/defined-in.js';
import type { RealServerDto } from '../real-servers/real-server.dto.js';
import { readServerDraft } from '../real-servers/server-draft.js';
import { readServiceDraft } from '../virtual-services/service-draft.js';
import type { VirtualServiceFieldsDto } from '../virtual-services/virtual-service.dto.js';
import type { TouchedService } from './touched-since.js';

/** Marks for the kernel that nobody had before. */
export interface NewNumbers {
  readonly service: () => number;
  readonly server: () => number;
}

/** @returns null where it did not exist then. */
export function pastService(
  { id, intent, servers }: TouchedService,
  now: VirtualService | null,
  numbers: NewNumbers,
): VirtualService | null {
  if (intent === null || (intent === undefined && now === null)) return null;
  const was = intent === undefined ? now : withFields(id, intent, now, numbers);
  if (was === null) return null;
  const untouched = was.realServers.filter((server) => !servers.has(server.id));
  const restored = [...servers].flatMap(([serverId, past]) =>
    past === null ? [] : [pastServer(serverId, readServerDraft(past as RealServerDto), was, numbers)],
  );
  return { ...was, realServers: [...untouched, ...restored] };
}

function withFields(
  id: string,
  intent: object,
  now: VirtualService | null,
  numbers: NewNumbers,
): VirtualService {
  // The history keeps bodies that were accepted; a field that came later is not in there, and has its default.
  const draft = readServiceDraft(intent as VirtualServiceFieldsDto);
  if (now !== null) return changeVirtualService(now, { ...VIRTUAL_SERVICE_DEFAULTS, ...definedIn(draft) });
  return newVirtualService(draft, { id, number: numbers.service() }, { revision: 0, at: new Date(0) });
}

function pastServer(
  id: string,
  draft: RealServerDraft,
  service: VirtualService,
  numbers: NewNumbers,
): RealServer {
  // As the change of the service left it: that may have taken its attestation.
  const server = service.realServers.find((each) => each.id === id);
  // At another address it is another server to the kernel.
  if (server?.address !== draft.address) return newRealServer(draft, { id, number: numbers.server() });
  return wantedServer(server, draft);
}
