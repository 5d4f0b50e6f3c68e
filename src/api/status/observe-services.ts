/** What the directors have said about services: which version is in force where, and which servers it names. */
import { In, type EntityManager } from 'typeorm';
import type { ServiceDocument } from '../../contract/documents.js';
import type { DirectorObservation, ServiceObservation } from '../../domain/status.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';
import { isConnected } from '../nodes/is-connected.js';
import { readCommitOrder } from '../store/commit-order.js';
import { DocumentRow } from '../store/rows/document.row.js';
import { DrainRow } from '../store/rows/drain.row.js';
import { FaultRow } from '../store/rows/fault.row.js';

export interface ObservedService {
  readonly observation: ServiceObservation;
  /** Numbers of the servers that a director has in force. */
  readonly named: ReadonlySet<number>;
  readonly draining: ReadonlySet<number>;
}

interface Director {
  readonly id: string;
  readonly name: string;
  readonly epoch: number | null;
  readonly version: number | null;
  readonly lastSeenAt: Date | null;
}

export async function observeServices(
  manager: EntityManager,
  ids: readonly string[],
): Promise<(id: string) => ObservedService> {
  const { epoch } = await readCommitOrder(manager);
  const directors = await readDirectors(manager);
  const documents = await manager.findBy(DocumentRow, { scope: DIRECTORS_SCOPE, key: In([...ids]) });
  const faults = await manager.findBy(FaultRow, { key: In([...ids]) });
  const drains = await manager.findBy(DrainRow, { virtualServiceId: In([...ids]) });
  const byKey = new Map(documents.map((document) => [document.key, document]));
  return (id) => {
    const document = byKey.get(id) ?? null;
    const ofService = faults.filter(({ key }) => key === id);
    const observations = directors.map((director) => observeDirector(director, epoch, ofService));
    return {
      observation: { document, directors: observations, changedAt: latest(ofService) },
      named: namedServers(document, observations),
      draining: new Set(
        drains
          .filter(({ virtualServiceId }) => virtualServiceId === id)
          .map(({ serverNumber }) => serverNumber),
      ),
    };
  };
}

function readDirectors(manager: EntityManager): Promise<Director[]> {
  return manager.query(
    `SELECT n.id, n.name, s.epoch, s.version::float8 AS version, s.last_seen_at AS "lastSeenAt"
     FROM node n LEFT JOIN node_status s ON s.node_id = n.id
     WHERE n.role = 'director' AND n.joined_at IS NOT NULL ORDER BY n.name`,
  );
}

function observeDirector(
  director: Director,
  epoch: number,
  faults: readonly FaultRow[],
): DirectorObservation {
  const fault = faults.find(({ nodeId }) => nodeId === director.id) ?? null;
  return {
    name: director.name,
    versionInForce: director.epoch === epoch ? director.version : null,
    fault,
    connected: isConnected(director.lastSeenAt),
  };
}

function namedServers(
  document: DocumentRow | null,
  directors: readonly DirectorObservation[],
): ReadonlySet<number> {
  const body = document?.body;
  if (document === null || body?.kind !== 'service') return new Set();
  const inForce = directors.some(
    ({ fault, versionInForce }) =>
      fault === null && versionInForce !== null && versionInForce >= document.version,
  );
  return new Set(inForce ? numbersOf(body) : []);
}

function numbersOf({ servers }: ServiceDocument): number[] {
  return servers.map(({ number }) => number);
}

function latest(faults: readonly FaultRow[]): Date | null {
  return faults.reduce<Date | null>(
    (last, { changedAt }) => (last === null || changedAt > last ? changedAt : last),
    null,
  );
}
