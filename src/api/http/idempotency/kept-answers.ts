/**
 * Answers to writes by the key of their caller, in the transaction of the write: an answer is kept if and only if what it
 * tells was committed. Who asks while the first is under way is told so at once, by a lock that goes with the transaction
 * or with the process that held it, whatever becomes of it.
 */
import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { Failed, failure, rulesBroken } from '../../../domain/failure.js';
import { IDEMPOTENCY_KEY, type KeyedRequest } from './keyed-request.js';
import { openAnswer, sealAnswer, type Answer } from './sealed-answer.js';

/** The answer that was given to it; null: it is the first of its key, and no other begins before this transaction ends. */
export async function claimKey(manager: EntityManager, asked: KeyedRequest): Promise<Answer | null> {
  const { tokenId, key, digest, seal } = asked;
  // Two statements: the second sees what was committed by who has just given the lock back.
  const [locks, kept] = await Promise.all([
    manager.query<{ isMine: boolean }[]>('SELECT pg_try_advisory_xact_lock($1::bigint) AS "isMine"', [
      lockOf(tokenId, key),
    ]),
    manager.query<{ request: string; answer: Buffer }[]>(
      'SELECT request, answer FROM kept_answer WHERE token_id = $1 AND key = $2',
      [tokenId, key],
    ),
  ]);
  if (locks[0]?.isMine !== true) throw underWay();
  const [first] = kept;
  if (first === undefined) return null;
  if (first.request !== digest) throw keyReused();
  return openAnswer(first.answer, seal);
}

export async function keepAnswer(
  manager: EntityManager,
  { tokenId, key, digest, seal }: KeyedRequest,
  answer: Answer,
): Promise<void> {
  await manager.query('INSERT INTO kept_answer (token_id, key, request, answer) VALUES ($1, $2, $3, $4)', [
    tokenId,
    key,
    digest,
    sealAnswer(answer, seal),
  ]);
}

export async function pruneKeptAnswers(dataSource: DataSource): Promise<void> {
  await dataSource.query("DELETE FROM kept_answer WHERE kept_at < now() - interval '24 hours'");
}

/** 64 bits of a hash: should two keys ever share them, one waits for the other for a moment. */
function lockOf(tokenId: string, key: string): string {
  return createHash('sha256').update(`${tokenId} ${key}`).digest().readBigInt64BE().toString();
}

export function underWay(): Failed {
  return new Failed(
    failure(
      'under-way',
      'idempotency-key-in-use',
      `A request with this ${IDEMPOTENCY_KEY} is being answered.`,
      'Repeat it after Retry-After seconds, with the same key: it will get the answer to the first one.',
    ),
  );
}

function keyReused(): Failed {
  return new Failed(
    rulesBroken([
      {
        kind: 'unprocessable',
        code: 'idempotency-key-reused',
        field: IDEMPOTENCY_KEY,
        message: `This ${IDEMPOTENCY_KEY} came with another request before.`,
        hint: 'Send a new key with a new request; the same one only with the same method, path, query and body.',
      },
    ]),
  );
}
