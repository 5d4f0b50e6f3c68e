/**
 * What becomes of the flows that are established now. A flow that is remembered stays on its server whatever the slots say:
 * it ends with its server's entry in the table, or with the address that clients speak to. Pure.
 */
import type { ServiceDocument } from '../contract/documents.js';
import type { ChangedService } from './told-servers.js';

export interface FatesOfFlows {
  /** Servers, by number, whose flows go on until they end by themselves or the drain does. */
  readonly drained: readonly number[];
  /** Servers whose flows are placed anew at once, which breaks TCP connections. */
  readonly broken: readonly number[];
  /** False: no flow is remembered before or after, and each packet goes by its slot. */
  readonly remembered: boolean;
}

export function fatesOfFlows({ before, after, settled }: ChangedService): FatesOfFlows {
  const remembered = before?.flowAffinity !== false && after?.flowAffinity !== false;
  const numbers = (before?.servers ?? []).map(({ number }) => number);
  if (!remembered || before === null) return { drained: [], broken: [], remembered };
  const now = serversReached(before, after);
  const last = serversReached(before, settled);
  const broken = numbers.filter((number) => !now.has(number));
  const drained = numbers.filter((number) => now.has(number) && !last.has(number));
  return { drained, broken, remembered };
}

/** By the packets of a flow that began before. */
function serversReached(before: ServiceDocument, after: ServiceDocument | null): ReadonlySet<number> {
  if (after === null || !reachesFlows(before, after)) return new Set();
  const addresses = new Map(before.servers.map(({ number, address }) => [number, address]));
  const same = after.servers.filter(({ number, address }) => addresses.get(number) === address);
  return new Set(same.map(({ number }) => number));
}

/** A TCP connection is found before its service is, so that it goes on where only the port is another. */
function reachesFlows(before: ServiceDocument, after: ServiceDocument): boolean {
  if (before.address !== after.address || before.protocol !== after.protocol) return false;
  return before.protocol === 'tcp' || (after.port <= before.port && before.endPort <= after.endPort);
}
