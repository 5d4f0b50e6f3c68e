/**
 * Reads documents for delivery. Each read is one statement, hence one snapshot of the database: the documents, the
 * version that they reach to and the set digest always belong together.
 */
import type { EntityManager } from 'typeorm';
import { EMPTY_SET_DIGEST } from '../../contract/digest.js';
import type { Document } from '../../contract/documents.js';
import { DIRECTORS_SCOPE } from './publish/write-documents.js';

/** What one scope has new, up to the version of the history. */
export interface ScopeBatch {
  readonly scope: string;
  readonly digest: string;
  readonly documents: readonly Document[];
}

export interface History {
  readonly cluster: string;
  readonly epoch: number;
  readonly seed: number;
  readonly revision: number;
  readonly version: number;
}

export interface Changes extends History {
  readonly scopes: readonly ScopeBatch[];
}

interface Row {
  cluster: string;
  epoch: number;
  seed: number;
  revision: number;
  version: number;
  scope: string | null;
  digest: string | null;
  pruned: number | null;
  key: string | null;
  document_version: number;
  document_revision: number;
  approval: number | null;
  body: Document['body'];
}

const COLUMNS = `c.id AS cluster, c.epoch, c.seed::float8 AS seed, c.revision::float8 AS revision,
  c.version::float8 AS version, s.digest, s.pruned_version::float8 AS pruned, d.key,
  d.version::float8 AS document_version, d.revision::float8 AS document_revision, d.approval::float8 AS approval,
  d.body`;

/**
 * All documents of all scopes that moved after `version`. The second bound is above every version: between two bounds
 * PostgreSQL expects few rows and takes the index, after one bound a third of the table.
 */
export async function readChanges(manager: EntityManager, version: number): Promise<Changes> {
  const rows: Row[] = await manager.query(
    `SELECT ${COLUMNS}, d.scope FROM cluster c
     LEFT JOIN document d ON d.version > $1 AND d.version < ${Number.MAX_SAFE_INTEGER}
     LEFT JOIN document_scope s ON s.scope = d.scope ORDER BY d.version`,
    [version],
  );
  return { ...historyOf(rows), scopes: scopesOf(rows) };
}

export interface CatchUp extends History {
  readonly kind: 'snapshot' | 'delta';
  readonly digest: string;
  readonly documents: readonly Document[];
}

/**
 * What a node of a scope lacks that stands at `since`: the documents that moved, or everything that is, where `since`
 * is null, lies ahead of this database, or lies before tombstones that are gone. A snapshot names what operators let
 * go of as well: that a document is merely missing may be an accident.
 */
export async function readCatchUp(
  manager: EntityManager,
  scope: string,
  since: number | null,
): Promise<CatchUp> {
  if (since !== null) {
    const rows = await readScope(manager, scope, 'd.version > $2', [since]);
    const [first] = rows;
    const reachable = first !== undefined && since <= first.version && since >= (first.pruned ?? 0);
    if (reachable) return { ...historyOf(rows), kind: 'delta', ...batchOf(rows) };
  }
  const rows = await readScope(manager, scope, '(d.body IS NOT NULL OR d.approval IS NOT NULL)', []);
  return { ...historyOf(rows), kind: 'snapshot', ...batchOf(rows) };
}

function readScope(
  manager: EntityManager,
  scope: string,
  which: string,
  parameters: readonly number[],
): Promise<Row[]> {
  return manager.query(
    `SELECT ${COLUMNS}, $1::text AS scope FROM cluster c
     LEFT JOIN document_scope s ON s.scope = $1
     LEFT JOIN document d ON d.scope = $1 AND ${which}`,
    [scope, ...parameters],
  );
}

function historyOf(rows: readonly Row[]): History {
  const [row] = rows;
  if (row === undefined) throw new Error('the cluster row is missing: was the database migrated?');
  const { cluster, epoch, seed, revision, version } = row;
  return { cluster, epoch, seed, revision, version };
}

function batchOf(rows: readonly Row[]): Pick<ScopeBatch, 'digest' | 'documents'> {
  return { digest: rows[0]?.digest ?? EMPTY_SET_DIGEST, documents: rows.flatMap(toDocument) };
}

function scopesOf(rows: readonly Row[]): ScopeBatch[] {
  const byScope = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.scope === null) continue;
    const known = byScope.get(row.scope);
    if (known === undefined) byScope.set(row.scope, [row]);
    else known.push(row);
  }
  return [...byScope].map(([scope, ofScope]) => ({ scope, ...batchOf(ofScope) }));
}

function toDocument(row: Row): Document[] {
  const { key, document_version: version, document_revision: revision, approval, body } = row;
  if (key === null) return [];
  // Of a VIP that a director may still send packets to it waits until the VIP may leave.
  const isTold = approval !== null && (body === null || row.scope === DIRECTORS_SCOPE);
  return [{ key, version, revision, body, ...(isTold && { approval }) }];
}
