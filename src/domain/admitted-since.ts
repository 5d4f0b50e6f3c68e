/**
 * Since when a real server is admitted or not: the time of the proof that decides. Null where no proof does, such as
 * for a server that an operator disabled: when that was is in the history.
 */
import { answersOf, type Admission } from './admission.js';
import type { RealServer } from './real-server.js';
import type { ServerObservation } from './status.js';
import type { VirtualService } from './virtual-service.js';

export function admittedSince(
  service: VirtualService,
  server: RealServer,
  observation: ServerObservation,
  { reason }: Admission,
): Date | null {
  const { fact, silence, changedAt } = observation;
  const proved = fact === null ? undefined : answersOf(service, fact);
  switch (reason) {
    case 'Admitted':
      return server.managed
        ? latest(changedAt, proved?.answers.since, proved?.firewall.since)
        : latest(silence?.changedAt, server.attestation?.at);
    case 'VipNotBound':
      return changedAt;
    case 'NotSilent':
      return server.managed ? changedAt : (silence?.changedAt ?? null);
    case 'ServiceNotAnswering':
      return proved?.answers.since ?? null;
    case 'FirewallDrops':
      return proved?.firewall.since ?? null;
    default:
      return null;
  }
}

function latest(...times: readonly (Date | null | undefined)[]): Date | null {
  const known = times.filter((time) => time instanceof Date);
  return known.length === 0 ? null : new Date(Math.max(...known.map(Number)));
}
