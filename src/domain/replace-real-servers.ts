/**
 * A virtual service with another set of real servers. A server is known by its address: one that stays keeps its id, its
 * mark in the kernel and with it its flows, and one that is wanted as it is stays the very same object. Pure.
 */
import {
  changedRealServer,
  newRealServer,
  type RealServer,
  type RealServerDraft,
  type RealServerIdentity,
} from './real-server.js';
import type { VirtualService } from './virtual-service.js';

/** What is wanted, and the server that there is at its address; null: none, or it was wanted before. */
export interface WantedServer {
  readonly draft: RealServerDraft;
  readonly server: RealServer | null;
}

export function matchByAddress(
  { realServers }: VirtualService,
  drafts: readonly RealServerDraft[],
): WantedServer[] {
  const left = new Map<string, RealServer>(realServers.map((server) => [server.address, server]));
  return drafts.map((draft) => {
    const server = left.get(draft.address) ?? null;
    left.delete(draft.address);
    return { draft, server };
  });
}

/**
 * @param takeIdentity makes the identity of the next new server.
 * @returns the service with the wanted servers in their order, so that a broken rule names the right one, and behind them
 * those that are kept although they are not wanted.
 */
export function replaceRealServers(
  service: VirtualService,
  wanted: readonly WantedServer[],
  takeIdentity: () => RealServerIdentity,
  { additiveOnly }: { readonly additiveOnly: boolean },
): VirtualService {
  const known = new Set(wanted.map(({ server }) => server));
  const others = additiveOnly ? service.realServers.filter((server) => !known.has(server)) : [];
  const servers = wanted.map(({ draft, server }) =>
    server === null ? newRealServer(draft, takeIdentity()) : wantedServer(server, draft),
  );
  return { ...service, realServers: [...servers, ...others] };
}

/** The server as it is wanted: what the draft leaves out has its default, as that of a new server. */
export function wantedServer(server: RealServer, draft: RealServerDraft): RealServer {
  const next = changedRealServer(server, newRealServer(draft, server));
  const fields = Object.keys(server) as (keyof RealServer)[];
  return fields.every((field) => next[field] === server[field]) ? server : next;
}
