/**
 * The order of all commits. Whoever holds the lock on the cluster row is the only one to compile documents,
 * reads everything that was committed before, and becomes visible before whoever comes next.
 * Take it late in a transaction: from there to the commit, everybody else waits.
 */
import type { EntityManager } from 'typeorm';
import { DOCUMENTS_CHANNEL } from './channels.js';

export interface CommitOrder {
  readonly cluster: string;
  readonly epoch: number;
  readonly seed: number;
  /** Last revision of the intent, this transaction's own included. */
  readonly revision: number;
  /** Last version of a document, this transaction's own included. */
  readonly version: number;
}

const COLUMNS =
  'id AS cluster, epoch, seed::float8 AS seed, revision::float8 AS revision, version::float8 AS version';

/** For a change of the operators' intent: takes the commit order and the next revision. */
export function takeNextRevision(manager: EntityManager): Promise<CommitOrder> {
  return takeRevisions(manager, 1);
}

/** For several changes of it: takes the commit order and as many revisions, of which the answer has the last. */
export function takeRevisions(manager: EntityManager, count: number): Promise<CommitOrder> {
  return take(manager, `UPDATE cluster SET revision = revision + $1 RETURNING ${COLUMNS}`, [count]);
}

/** Of those that this transaction took, and uses no more. */
export async function giveBackRevisions(manager: EntityManager, count: number): Promise<void> {
  await manager.query('UPDATE cluster SET revision = revision - $1', [count]);
}

/** For facts: waits for every commit before, and holds back those that follow until this transaction ends. */
export function holdCommits(manager: EntityManager): Promise<CommitOrder> {
  return take(manager, `SELECT ${COLUMNS} FROM cluster FOR UPDATE`);
}

const movedBy = new WeakSet<EntityManager>();

/** Whether this transaction has advanced the version. */
export function hasMovedDocuments(manager: EntityManager): boolean {
  return movedBy.has(manager);
}

/** Makes the version known that documents were written under, and wakes who delivers; only for who holds the commit order. */
export async function advanceVersion(manager: EntityManager, version: number): Promise<void> {
  movedBy.add(manager);
  await manager.query(
    'WITH moved AS (UPDATE cluster SET version = $1 RETURNING version) SELECT pg_notify($2, $3) FROM moved',
    [version, DOCUMENTS_CHANNEL, String(version)],
  );
}

/** Where the history stands, without a lock. */
export function readCommitOrder(manager: EntityManager): Promise<CommitOrder> {
  return take(manager, `SELECT ${COLUMNS} FROM cluster`);
}

async function take(
  manager: EntityManager,
  sql: string,
  parameters: readonly number[] = [],
): Promise<CommitOrder> {
  const answer: unknown = await manager.query(sql, [...parameters]);
  // TypeORM answers an UPDATE … RETURNING with [rows, count], a SELECT with rows.
  const rows = (sql.startsWith('UPDATE') ? (answer as [CommitOrder[], number])[0] : answer) as CommitOrder[];
  const [order] = rows;
  if (order === undefined) throw new Error('the cluster row is missing: was the database migrated?');
  return order;
}
