/** What the directors have said about services: which version is in force where, and which servers it names. */
import type { EntityManager } from 'typeorm';
import type { DirectorObservation, ServiceObservation } from '../../domain/status.js';
import { isConnected } from '../nodes/is-connected.js';
import {
  readServiceFacts,
  type Director,
  type StoredDocument,
  type StoredFault,
} from './read-service-facts.js';

export interface ObservedService {
  readonly observation: ServiceObservation;
  /** Numbers of the servers that a director has in force. */
  readonly named: ReadonlySet<number>;
  /** By number, the servers that drain, with how many flows they have left; null: not known. */
  readonly draining: ReadonlyMap<number, number | null>;
}

export async function observeServices(
  manager: EntityManager,
  ids: readonly string[],
  now = Date.now(),
): Promise<(id: string) => ObservedService> {
  const { epoch, directors, documents, faults, drains } = await readServiceFacts(manager, ids);
  const byKey = new Map(documents.map((document) => [document.key, document]));
  return (id) => {
    const document = byKey.get(id) ?? null;
    const ofService = faults.filter(({ key }) => key === id);
    const observations = directors.map((director) => observeDirector(director, epoch, ofService, now));
    return {
      observation: { document, directors: observations, changedAt: latest(ofService) },
      named: namedServers(document, observations),
      draining: new Map(
        drains
          .filter(({ virtualServiceId }) => virtualServiceId === id)
          .map(({ serverNumber, flows }) => [serverNumber, flows]),
      ),
    };
  };
}

function observeDirector(
  director: Director,
  epoch: number,
  faults: readonly StoredFault[],
  now: number,
): DirectorObservation {
  const fault = faults.find(({ nodeId }) => nodeId === director.id) ?? null;
  return {
    nodeId: director.id,
    name: director.name,
    versionInForce: director.epoch === epoch ? director.version : null,
    revision: director.epoch === epoch ? director.revision : null,
    fault,
    connected: isConnected(director.lastSeenAt, now),
    lastSeenAt: director.lastSeenAt,
    network: director.host,
  };
}

function namedServers(
  document: StoredDocument | null,
  directors: readonly DirectorObservation[],
): ReadonlySet<number> {
  if (document === null) return new Set();
  const inForce = directors.some(
    ({ fault, versionInForce }) =>
      fault === null && versionInForce !== null && versionInForce >= document.version,
  );
  return new Set(inForce ? document.named : []);
}

function latest(faults: readonly StoredFault[]): Date | null {
  return faults.reduce<Date | null>(
    (last, { changedAt }) => (last === null || changedAt > last ? changedAt : last),
    null,
  );
}
