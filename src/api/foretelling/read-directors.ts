/** What directors reported last, as far as it decides what a change would do to their tables. */
import type { EntityManager } from 'typeorm';
import type { ReportedCondition, ReportedHost } from '../../contract/report.js';
import type { ServiceOnItsWay } from '../../forwarding/foretell-table.js';
import type { ToldHealth } from '../../forwarding/told-servers.js';

export interface KnownDirector {
  readonly id: string;
  readonly name: string;
  /** Null: it has not reported yet. */
  readonly host: ReportedHost | null;
  readonly health: ToldHealth;
  /** It cannot check servers now. */
  readonly blind: boolean;
}

type DirectorRow = Pick<KnownDirector, 'id' | 'name' | 'host'> & {
  readonly conditions: readonly ReportedCondition[] | null;
};

const DIRECTORS = `
  SELECT n.id, n.name, s.host, s.conditions FROM node n LEFT JOIN node_status s ON s.node_id = n.id
  WHERE n.role = 'director' AND n.joined_at IS NOT NULL ORDER BY n.name COLLATE "C"`;

interface HealthRow {
  readonly node: string;
  readonly number: number;
  readonly healthy: boolean | null;
  readonly reason: string;
}

const HEALTH = `
  SELECT node_id AS node, server_number AS number, healthy, reason FROM health_fact
  WHERE server_number = ANY ($1::integer[])`;

/** By name. */
export async function readDirectors(
  manager: EntityManager,
  services: readonly ServiceOnItsWay[],
): Promise<readonly KnownDirector[]> {
  const directors: DirectorRow[] = await manager.query(DIRECTORS);
  const facts: HealthRow[] = await manager.query(HEALTH, [numbersOf(services)]);
  return directors.map(({ id, name, host, conditions }) => ({
    id,
    name,
    host,
    health: new Map(
      facts
        .filter(({ node }) => node === id)
        .map(({ number, healthy, reason }) => [number, { healthy, reason }]),
    ),
    blind: (conditions ?? []).some(
      ({ type, status }) => type === 'HealthChecksAvailable' && status === 'False',
    ),
  }));
}

function numbersOf(services: readonly ServiceOnItsWay[]): readonly number[] {
  const bodies = services.flatMap(({ before, after, settled }) => [before, after, settled]);
  return [...new Set(bodies.flatMap((body) => body?.servers ?? []).map(({ number }) => number))];
}
