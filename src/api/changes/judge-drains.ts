/**
 * Decides which drains a change begins and ends: one begins for each server that was taken away while directors send
 * packets to it, and that of a managed server that came back ends. A server whose attestation was withdrawn is taken away,
 * and so is one that others shall prove from now on; what it needs to come back it may lack yet, so that its drain goes on
 * beside it. Only servers in the directors' document can have flows to lose, and only while the service goes on at the
 * same VIP and ports: the host of a server that is gone lets go of the VIP, and must not be named again. Pure.
 */
import type { RealServer } from '../../domain/real-server.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import type { StoredDrain } from '../delivery/publish/read-drains.js';
import type { SavedChange } from '../store/save-virtual-services.js';

/** What a change does to the drains of a service that was there and stays. */
export interface DrainMove {
  readonly serviceId: string;
  /** Nothing is forwarded any more of what the old flows were sent to. */
  readonly endsAll: boolean;
  /** Servers whose drain ends. */
  readonly back: readonly number[];
  /** Servers that drain from now on, where directors know them. */
  readonly away: readonly number[];
  readonly drainSeconds: number;
}

export function drainMoves(changes: readonly SavedChange[]): DrainMove[] {
  return changes.flatMap(({ before, after }) =>
    before === null || after === null ? [] : [moveOf(before, after)],
  );
}

function moveOf(before: VirtualService, after: VirtualService): DrainMove {
  const { id: serviceId, drainSeconds } = after;
  if (!after.enabled || !answersAsBefore(before, after)) {
    return { serviceId, endsAll: true, back: [], away: [], drainSeconds };
  }
  const enabled = enabledNumbers(before);
  const back = managedNumbers(after).filter((number) => !enabled.has(number));
  return {
    serviceId,
    endsAll: false,
    back,
    away: drainSeconds > 0 ? takenAway(before, after) : [],
    drainSeconds,
  };
}

/** The drains of a service as the change leaves them. */
export function drainsAfter(
  { endsAll, back }: DrainMove,
  before: readonly StoredDrain[],
  begun: readonly StoredDrain[],
): readonly StoredDrain[] {
  if (endsAll) return before.map((drain) => ({ ...drain, isOn: false }));
  const anew = new Set([...back, ...begun.map(({ number }) => number)]);
  return [...before.filter(({ number }) => !anew.has(number)), ...begun];
}

function answersAsBefore(before: VirtualService, after: VirtualService): boolean {
  return (['address', 'protocol', 'port', 'endPort'] as const).every(
    (field) => before[field] === after[field],
  );
}

function takenAway(before: VirtualService, after: VirtualService): number[] {
  if (!before.enabled) return [];
  const now = new Map(after.realServers.map((server) => [server.number, server]));
  return before.realServers.filter(isTrusted).flatMap(({ number, managed }) => {
    const server = now.get(number);
    return server !== undefined && isTrusted(server) && server.managed === managed ? [] : [number];
  });
}

function isTrusted({ enabled, managed, attestation }: RealServer): boolean {
  return enabled && (managed || attestation !== null);
}

function managedNumbers({ realServers }: VirtualService): number[] {
  return realServers.filter(({ enabled, managed }) => enabled && managed).map(({ number }) => number);
}

function enabledNumbers(service: VirtualService): ReadonlySet<number> {
  if (!service.enabled) return new Set();
  return new Set(service.realServers.filter(({ enabled }) => enabled).map(({ number }) => number));
}
