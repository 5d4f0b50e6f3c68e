/**
 * Stores compiled documents. One that says the same as before keeps its version, so nobody is woken for nothing;
 * one that moved gets the version of this transaction, and the set digest of its scope moves with it.
 */
import type { EntityManager } from 'typeorm';
import { forwards } from '../../../contract/blast-radius.js';
import { documentDigest, EMPTY_SET_DIGEST, toggleInSetDigest } from '../../../contract/digest.js';
import type { DocumentBody } from '../../../contract/documents.js';
import type { CommitOrder } from '../../store/commit-order.js';

/** The scope of every director's documents; an agent's is its node id. */
export const DIRECTORS_SCOPE = 'directors';

/** What a document shall say; null: the object shall be gone. */
export interface Compiled {
  readonly scope: string;
  readonly key: string;
  readonly body: DocumentBody | null;
}

type Place = Pick<Compiled, 'scope' | 'key'>;

/** What is stored at a place, as `STORED_DIGESTS` reads it: the digests of the document and of its whole scope. */
export interface StoredAt extends Place {
  readonly digest: string | null;
  readonly set_digest: string | null;
  /** The object is gone, and no operator's change is known by which. */
  readonly gone_unapproved?: boolean;
}

/** Digests as they are stored: of documents by place, and of all documents of a scope. */
interface Stored {
  readonly documents: ReadonlyMap<string, StoredAt>;
  readonly scopes: ReadonlyMap<string, string>;
}

/** A document beside what was stored before. */
export interface Compared extends Compiled {
  readonly digest: string | null;
  readonly digestBefore: string | null;
  readonly goneUnapproved: boolean;
  /** The revision of the operators' change by which it says what it says; only where that is a loss. */
  readonly approval?: number | undefined;
  /** Of the change by which it says so; the newest where it is not said. */
  readonly revision?: number | undefined;
}

/** Compiled documents, told apart by whether the body moved. */
export interface Judged {
  readonly moved: readonly Compared[];
  readonly same: readonly Compared[];
  readonly scopes: ReadonlyMap<string, string>;
}

/** Columns for any statement that has the columns `scope` and `key` in `w`. */
export const STORED_DIGESTS = `w.scope, w.key,
  (SELECT d.digest FROM document d WHERE d.scope = w.scope AND d.key = w.key) AS digest,
  (SELECT s.digest FROM document_scope s WHERE s.scope = w.scope) AS set_digest`;

const READ_STORED = `
  SELECT ${STORED_DIGESTS}, EXISTS (
    SELECT 1 FROM document d WHERE d.scope = w.scope AND d.key = w.key AND d.body IS NULL AND d.approval IS NULL)
    AS gone_unapproved
  FROM unnest($1::text[], $2::text[]) AS w (scope, key)`;

export async function readStored(manager: EntityManager, places: readonly Place[]): Promise<StoredAt[]> {
  if (places.length === 0) return [];
  return manager.query(READ_STORED, [places.map(({ scope }) => scope), places.map(({ key }) => key)]);
}

/** What is stored in these places, by `placeOf`; a place without a body is left out. */
export async function readBodies(
  manager: EntityManager,
  places: readonly Place[],
): Promise<ReadonlyMap<string, DocumentBody>> {
  if (places.length === 0) return new Map();
  const rows: (Place & { readonly body: DocumentBody })[] = await manager.query(
    `SELECT d.scope, d.key, d.body FROM unnest($1::text[], $2::text[]) AS w (scope, key)
     JOIN document d ON d.scope = w.scope AND d.key = w.key WHERE d.body IS NOT NULL`,
    [places.map(({ scope }) => scope), places.map(({ key }) => key)],
  );
  return new Map(rows.map((row) => [placeOf(row), row.body]));
}

function byPlace(rows: readonly StoredAt[]): Stored {
  return {
    documents: new Map(rows.map((row) => [placeOf(row), row])),
    scopes: new Map(rows.map(({ scope, set_digest }) => [scope, set_digest ?? EMPTY_SET_DIGEST])),
  };
}

export function judgeDocuments(compiled: readonly Compiled[], rows: readonly StoredAt[]): Judged {
  const stored = byPlace(rows);
  const compared = compiled.map((document) => {
    const before = stored.documents.get(placeOf(document));
    return {
      ...document,
      digest: document.body === null ? null : documentDigest(document.key, document.body),
      digestBefore: before?.digest ?? null,
      goneUnapproved: before?.gone_unapproved === true,
    };
  });
  return {
    moved: compared.filter(({ digest, digestBefore }) => digest !== digestBefore),
    same: compared.filter(({ digest, digestBefore }) => digest === digestBefore),
    scopes: stored.scopes,
  };
}

/** Sends all it has to write at once. */
export async function writeDocuments(
  manager: EntityManager,
  order: CommitOrder,
  judged: Judged,
): Promise<void> {
  const hasMoved = judged.moved.length > 0;
  await Promise.all([
    hasMoved && upsert(manager, order, judged.moved),
    hasMoved && moveScopeDigests(manager, order.version, judged),
    touchRevision(manager, order.revision, judged.same),
  ]);
}

export function placeOf({ scope, key }: Place): string {
  return `${scope} ${key}`;
}

/**
 * SQL that is true of a row of `document` that every director has in force. One that has joined and confirmed nothing
 * in this epoch counts as well, and so does one whose report names the document among its faults.
 */
function inForceOnAllDirectors(epoch: string): string {
  const joined = "n.role = 'director' AND n.joined_at IS NOT NULL";
  return `EXISTS (SELECT 1 FROM node n WHERE ${joined}) AND NOT EXISTS (
    SELECT 1 FROM node n LEFT JOIN node_status s ON s.node_id = n.id WHERE ${joined} AND (
      s.version IS NULL OR s.epoch <> ${epoch} OR s.version < document.version
      OR EXISTS (SELECT 1 FROM fault f WHERE f.node_id = n.id AND f.key = document.key)))`;
}

/** Keeps, as `confirmed_revision`, the last revision that the directors had in force before this version. */
async function upsert(manager: EntityManager, order: CommitOrder, moved: readonly Compared[]): Promise<void> {
  await manager.query(
    `INSERT INTO document (scope, key, body, digest, version, revision, present_since, approval)
     SELECT w.scope, w.key, w.body::jsonb, w.digest, $5, w.revision, $5, coalesce(w.approval, CASE WHEN w.is_loss THEN (
       SELECT d.approval FROM document d WHERE d.scope = w.scope AND d.key = w.key) END)
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $6::bigint[], $8::boolean[], $9::bigint[])
       AS w (scope, key, body, digest, revision, is_loss, approval)
     ON CONFLICT (scope, key) DO UPDATE SET
       version = excluded.version, revision = excluded.revision, body = excluded.body, digest = excluded.digest,
       approval = excluded.approval,
       present_since = CASE WHEN document.body IS NULL THEN excluded.version ELSE document.present_since END,
       confirmed_revision = CASE
         WHEN document.scope = '${DIRECTORS_SCOPE}' AND ${inForceOnAllDirectors('$7')} THEN document.revision
         ELSE document.confirmed_revision END`,
    [
      moved.map(({ scope }) => scope),
      moved.map(({ key }) => key),
      moved.map(({ body }) => (body === null ? null : JSON.stringify(body))),
      moved.map(({ digest }) => digest),
      order.version,
      moved.map(({ revision }) => revision ?? order.revision),
      order.epoch,
      moved.map(isLoss),
      moved.map(({ approval }) => approval ?? null),
    ],
  );
}

/** Of such documents it is remembered by whose change they say so. */
function isLoss({ scope, body }: Compiled): boolean {
  return scope === DIRECTORS_SCOPE ? !forwards(body) : body === null;
}

/** A change that leaves a document as it was, such as a new name, is in force as soon as it is stored. */
async function touchRevision(
  manager: EntityManager,
  revision: number,
  same: readonly Compared[],
): Promise<void> {
  const touched = same.filter(({ scope }) => scope === DIRECTORS_SCOPE);
  if (touched.length === 0) return;
  await manager.query(
    `UPDATE document d SET revision = w.revision FROM unnest($1::text[], $2::bigint[]) AS w (key, revision)
     WHERE d.scope = '${DIRECTORS_SCOPE}' AND d.key = ANY ($1) AND d.key = w.key AND d.revision < w.revision`,
    [touched.map(({ key }) => key), touched.map((document) => document.revision ?? revision)],
  );
}

async function moveScopeDigests(
  manager: EntityManager,
  version: number,
  { moved, scopes }: Judged,
): Promise<void> {
  const sets = new Map<string, ScopeMove>();
  for (const document of moved) {
    const { scope } = document;
    const set = sets.get(scope) ?? { digest: scopes.get(scope) ?? EMPTY_SET_DIGEST, arrivals: 0, more: 0 };
    sets.set(scope, movedBy(set, document));
  }
  const values = [...sets.values()];
  await manager.query(
    `INSERT INTO document_scope (scope, digest, version, bodies, arrivals)
     SELECT w.scope, w.digest, $3, w.more, w.arrivals
     FROM unnest($1::text[], $2::text[], $4::integer[], $5::bigint[]) AS w (scope, digest, more, arrivals)
     ON CONFLICT (scope) DO UPDATE SET digest = excluded.digest, version = excluded.version,
       bodies = document_scope.bodies + excluded.bodies, arrivals = document_scope.arrivals + excluded.arrivals`,
    [
      [...sets.keys()],
      values.map(({ digest }) => digest),
      version,
      values.map(({ more }) => more),
      values.map(({ arrivals }) => arrivals),
    ],
  );
}

/** What a transaction does to the documents of a scope as a set. */
interface ScopeMove {
  readonly digest: string;
  /** Documents that have a body now and had none. */
  readonly arrivals: number;
  /** More documents with a body than before, or fewer. */
  readonly more: number;
}

function movedBy(set: ScopeMove, { digest, digestBefore }: Compared): ScopeMove {
  const without = digestBefore === null ? set.digest : toggleInSetDigest(set.digest, digestBefore);
  return {
    digest: digest === null ? without : toggleInSetDigest(without, digest),
    arrivals: set.arrivals + (digestBefore === null && digest !== null ? 1 : 0),
    more: set.more + (digest === null ? 0 : 1) - (digestBefore === null ? 0 : 1),
  };
}
