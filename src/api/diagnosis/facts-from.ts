/** Whose reports a diagnosis rests on, and how old they are. Pure. */
import type { Seen } from './known-server.js';

export interface FactsOfNode {
  readonly node: string;
  readonly role: 'director' | 'agent';
  readonly lastSeenAt: string | null;
  readonly ageSeconds: number | null;
}

export function factsFrom({ observation: { agent }, onDirectors }: Seen, now: Date): FactsOfNode[] {
  const directors = onDirectors.directors.map(({ name, lastSeenAt }) => ({
    node: name,
    role: 'director' as const,
    ...ageOf(lastSeenAt, now),
  }));
  if (agent === null) return directors;
  return [{ node: agent.name, role: 'agent', ...ageOf(agent.lastSeenAt, now) }, ...directors];
}

function ageOf(seen: Date | null, now: Date): Pick<FactsOfNode, 'lastSeenAt' | 'ageSeconds'> {
  if (seen === null) return { lastSeenAt: null, ageSeconds: null };
  // The clock of the database may be a little ahead.
  const ageSeconds = Math.max(0, Math.round((now.getTime() - seen.getTime()) / 1000));
  return { lastSeenAt: seen.toISOString(), ageSeconds };
}
