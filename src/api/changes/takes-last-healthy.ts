/**
 * Decides whether a change takes the last servers that a director finds healthy from a service that goes on with others,
 * which it finds dead. That director would refuse it by the same measure (blast-radius.ts) long after the request was
 * accepted. What a director said that is away now, counts for nothing.
 */
import type { EntityManager } from 'typeorm';
import { losesLastHealthy, takersOf } from '../../contract/blast-radius.js';
import type { VirtualService } from '../../domain/virtual-service.js';
import type { Compared } from '../delivery/publish/write-documents.js';
import { observeHealth } from '../store/observe-health.js';

/** @param moved documents of services that still reach somebody; what was found is read only where a server is taken. */
export async function takesLastHealthy(
  manager: EntityManager,
  before: VirtualService | null,
  moved: readonly Compared[],
): Promise<boolean> {
  const document = moved.find(({ key }) => key === before?.id);
  if (before === null || document === undefined || before.healthCheck.type === 'none') return false;
  const were = before.realServers.filter(({ enabled, weight }) => enabled && weight > 0);
  const are = takersOf(document.body);
  const numbers = were.map(({ number }) => number);
  if (numbers.every((number) => are.includes(number))) return false;
  const found = await observeHealth(manager, [before]);
  const heard = [...found.values()].flat().filter(({ connected }) => connected);
  const directors = new Set(heard.map(({ director }) => director));
  return [...directors].some((director) =>
    losesLastHealthy(numbers, are, (server) => {
      const findings = found.get(server) ?? [];
      return findings.find((each) => each.director === director)?.healthy ?? null;
    }),
  );
}
