import type { VirtualService } from '../../domain/virtual-service.js';

/** Ids of real servers by the numbers that directors know them by. */
export type ServerIds = ReadonlyMap<number, string>;

export function serverIds({ realServers }: VirtualService): ServerIds {
  return new Map(realServers.map(({ number, id }) => [number, id]));
}
