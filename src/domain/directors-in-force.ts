/**
 * Reads from the directors' reports whether a service's newest document is in force everywhere.
 * A director that is away but confirmed the newest document counts: it forwards from its last known good.
 */
import type { Condition, DirectorObservation, Provisioning, ServiceObservation } from './status.js';
import type { VirtualService } from './virtual-service.js';

export type DirectorsState = 'none' | 'faulty' | 'behind' | 'in-force';

export function directorsState(observation: ServiceObservation): DirectorsState {
  if (observation.directors.length === 0) return 'none';
  if (observation.directors.some((director) => director.fault !== null)) return 'faulty';
  return observation.directors.some((director) => isBehind(director, observation)) ? 'behind' : 'in-force';
}

const PROVISIONING: Readonly<Record<DirectorsState, Provisioning>> = {
  none: 'pending',
  faulty: 'failed',
  behind: 'pending',
  'in-force': 'in-sync',
};

/** How far the directors are, whatever the agents do. */
export function directorsProvisioning(observation: ServiceObservation): Provisioning {
  return PROVISIONING[directorsState(observation)];
}

/**
 * What `Status.observedRevision` says. In sync, that is the service's own revision, also where it never had a
 * document. A document is compiled for facts too, hence under revisions that changed other services: those say
 * nothing of this one beyond its own.
 */
export function observedRevision(
  provisioning: Provisioning,
  service: VirtualService,
  observation: ServiceObservation,
): number | null {
  if (provisioning === 'in-sync') return service.revision;
  const { document } = observation;
  if (document === null) return null;
  const inForce = directorsState(observation) === 'in-force' ? document.revision : document.confirmedRevision;
  return inForce === null ? null : Math.min(inForce, service.revision);
}

/** What of `InForce` the directors decide; null: all of them have the newest document in force. */
export function directorsObstacle(
  observation: ServiceObservation,
): Pick<Condition, 'status' | 'reason' | 'message'> | null {
  switch (directorsState(observation)) {
    case 'none':
      return { status: 'False', reason: 'NoDirector', message: NO_DIRECTOR };
    case 'faulty':
      return { status: 'False', reason: 'DirectorFault', message: faultsText(observation.directors) };
    case 'behind':
      return { status: 'False', reason: 'DirectorsBehind', message: behindText(observation) };
    case 'in-force':
      return null;
  }
}

/** Names of the directors that have missed several reports in a row. */
export function awayDirectors(observation: ServiceObservation): readonly string[] {
  return observation.directors.filter((director) => !director.connected).map((director) => director.name);
}

export const NO_DIRECTOR =
  'No director has joined. Make a join token for a director and start `homeward engine` with it on that host.';

/** It has not confirmed the newest document. */
export function isBehind(director: DirectorObservation, { document }: ServiceObservation): boolean {
  return document !== null && (director.versionInForce ?? -1) < document.version;
}

function faultsText(directors: readonly DirectorObservation[]): string {
  return directors
    .flatMap(({ name, fault }) => (fault === null ? [] : [`${name}: ${fault.reason}: ${fault.message}`]))
    .join('; ');
}

function behindText(observation: ServiceObservation): string {
  const behind = observation.directors.filter((director) => isBehind(director, observation));
  const names = behind.map(({ name, connected }) => (connected ? name : `${name} (away)`));
  return `Not confirmed yet by ${names.join(', ')}.`;
}
