/**
 * Reads how far a revision is in force: what its services lack by the same facts and judgements as their status, on one
 * snapshot, a few hundred services at a time. So a revision of 10,000 is a few hundred statements and holds nobody up
 * for long; two are read at a time in a process.
 */
import { Inject, Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { DataSource, type EntityManager } from 'typeorm';
import { RolloutCount } from '../../domain/rollout.js';
import { onOneConnection } from '../store/on-one-connection.js';
import { readSnapshot } from '../store/read-snapshot.js';
import { readMissing } from '../waiting/read-missing.js';
import { RevisionProgressView } from './progress.view.js';
import { servicesOfRevision, type ServiceOfRevision } from './services-of-revision.js';

const AT_ONCE = 2;
const PIECE = 250;

@Injectable()
export class ReadProgress {
  private readonly turn = pLimit(AT_ONCE);

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  of(revision: number): Promise<RevisionProgressView> {
    return this.turn(() => readSnapshot(this.dataSource, (manager) => read(manager, revision)));
  }

  /** Ids of the services that have to be in force for it: what was overtaken has not. */
  async awaited(revision: number): Promise<readonly string[]> {
    const { services } = await onOneConnection(this.dataSource, (manager) =>
      servicesOfRevision(manager, revision),
    );
    return services.flatMap(({ id, overtakenBy }) => (overtakenBy === null ? [id] : []));
  }
}

async function read(manager: EntityManager, revision: number): Promise<RevisionProgressView> {
  const { createdAt, services } = await servicesOfRevision(manager, revision);
  const count = new RolloutCount();
  for (let first = 0; first < services.length; first += PIECE)
    await countPiece(manager, services.slice(first, first + PIECE), count);
  return RevisionProgressView.of(revision, createdAt, count.told());
}

async function countPiece(
  manager: EntityManager,
  services: readonly ServiceOfRevision[],
  count: RolloutCount,
): Promise<void> {
  const left = services.filter(({ overtakenBy }) => overtakenBy === null);
  const missing = await readMissing(
    manager,
    left.map(({ id }) => id),
  );
  for (const service of services) count.add({ ...service, missing: missing.get(service.id) ?? [] });
}
