/**
 * Decides which changes take the last servers that a director finds healthy from a service that goes on with others,
 * which it finds dead. That director would refuse it by the same measure (blast-radius.ts) long after the request was
 * accepted. What a director said that is away now, counts for nothing.
 */
import type { EntityManager } from 'typeorm';
import { losesLastHealthy, takersOf } from '../../contract/blast-radius.js';
import type { HealthFinding } from '../../domain/status.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import type { Compared } from '../delivery/publish/write-documents.js';
import { observeHealth } from '../store/observe-health.js';
import type { SavedChange } from '../store/save-virtual-services.js';

/** A service from which a server is taken that may have been the last healthy one. */
interface Suspect {
  readonly document: Compared;
  readonly before: VirtualService;
  /** Numbers of the servers that took connections, and of those that would. */
  readonly were: readonly number[];
  readonly are: readonly number[];
}

/** @param documents of services that still reach somebody; what was found is read only where a server is taken. */
export async function losingLastHealthy(
  manager: EntityManager,
  changes: readonly SavedChange[],
  documents: readonly Compared[],
): Promise<Compared[]> {
  const known = new Map(changes.map(({ before }) => [before?.id, before]));
  const suspects = documents.flatMap((document) => suspectOf(document, known.get(document.key) ?? null));
  if (suspects.length === 0) return [];
  const services = suspects.map(({ before }) => before);
  const found = await observeHealth(manager, services);
  return suspects.flatMap((suspect) => (isLosing(suspect, found) ? [suspect.document] : []));
}

function suspectOf(document: Compared, before: VirtualService | null): Suspect[] {
  if (before === null || before.healthCheck.type === 'none') return [];
  const are = takersOf(document.body);
  const were = before.realServers
    .filter(({ enabled, weight }) => enabled && weight > 0)
    .map(({ number }) => number);
  return were.every((number) => are.includes(number)) ? [] : [{ document, before, were, are }];
}

function isLosing(
  { before, were, are }: Suspect,
  found: ReadonlyMap<number, readonly HealthFinding[]>,
): boolean {
  const heard = before.realServers.flatMap(({ number }) => found.get(number) ?? []);
  const directors = new Set(heard.filter(({ connected }) => connected).map(({ director }) => director));
  return [...directors].some((director) =>
    losesLastHealthy(were, are, (server) => {
      const findings = found.get(server) ?? [];
      return findings.find((each) => each.director === director)?.healthy ?? null;
    }),
  );
}
