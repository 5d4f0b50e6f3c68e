/** Reads what directors and their documents say about services: five statements, sent together, for any number of services. */
import type { EntityManager } from 'typeorm';
import type { ReportedHost } from '../../contract/report.js';
import { DIRECTORS_SCOPE } from '../delivery/publish/write-documents.js';
import { readCommitOrder } from '../store/commit-order.js';
import type { DocumentRow } from '../store/rows/document.row.js';
import type { DrainRow } from '../store/rows/drain.row.js';
import type { FaultRow } from '../store/rows/fault.row.js';

export interface Director {
  readonly id: string;
  readonly name: string;
  readonly epoch: number | null;
  readonly version: number | null;
  readonly revision: number | null;
  readonly lastSeenAt: Date | null;
  readonly host: ReportedHost | null;
}

export type StoredDocument = Pick<DocumentRow, 'key' | 'version' | 'revision' | 'confirmedRevision'> & {
  /** Numbers of the servers that it names. */
  readonly named: readonly number[];
};
export type StoredFault = Omit<FaultRow, 'node'>;
type StoredDrain = Pick<DrainRow, 'virtualServiceId' | 'serverNumber' | 'flows'>;

export interface ServiceFacts {
  readonly epoch: number;
  readonly directors: readonly Director[];
  readonly documents: readonly StoredDocument[];
  readonly faults: readonly StoredFault[];
  readonly drains: readonly StoredDrain[];
}

const DIRECTORS = `
  SELECT n.id, n.name, s.epoch, s.version::float8 AS version, s.revision::float8 AS revision,
    s.last_seen_at AS "lastSeenAt", s.host
  FROM node n LEFT JOIN node_status s ON s.node_id = n.id
  WHERE n.role = 'director' AND n.joined_at IS NOT NULL ORDER BY n.name`;

const DOCUMENTS = `
  SELECT key, version::float8 AS version, revision::float8 AS revision,
    confirmed_revision::float8 AS "confirmedRevision", coalesce(jsonb_path_query_array(body, '$.servers[*].number'), '[]') AS named
  FROM document WHERE scope = '${DIRECTORS_SCOPE}' AND key = ANY ($1)`;

const FAULTS = `
  SELECT node_id AS "nodeId", key, version_in_force::float8 AS "versionInForce", reason, message,
    changed_at AS "changedAt"
  FROM fault WHERE key = ANY ($1)`;

const DRAINS = `
  SELECT virtual_service_id AS "virtualServiceId", server_number AS "serverNumber", flows
  FROM drain WHERE virtual_service_id = ANY ($1) AND until > now()`;

export async function readServiceFacts(
  manager: EntityManager,
  ids: readonly string[],
): Promise<ServiceFacts> {
  const read = <T>(sql: string): Promise<T[]> => manager.query(sql, [ids]);
  const [{ epoch }, directors, documents, faults, drains] = await Promise.all([
    readCommitOrder(manager),
    manager.query<Director[]>(DIRECTORS, []),
    read<StoredDocument>(DOCUMENTS),
    read<StoredFault>(FAULTS),
    read<StoredDrain>(DRAINS),
  ]);
  return { epoch, directors, documents, faults, drains };
}
