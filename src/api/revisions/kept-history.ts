/** Whether the history reaches back to a revision, and has come to it. It is append-only; nothing prunes it. */
import type { EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';

/** 0 is the beginning, before the first change. Text that is no number of a revision names nothing, as an unknown number does. */
export function revisionNumber(text: string): number {
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  throw noSuchRevision('There is no such revision.');
}

/** Throws 404 unless every change after the revision is known, so that it can be told what was then. */
export async function requireKept(manager: EntityManager, number: number): Promise<void> {
  const [row] = await manager.query<{ readonly first: number; readonly last: number }[]>(
    `SELECT coalesce((SELECT min(number) FROM revision), revision + 1)::float8 AS first, revision::float8 AS last FROM cluster`,
  );
  const { first = 1, last = 0 } = row ?? {};
  if (number > last) throw noSuchRevision(`There is no revision ${number}; the newest is ${last}.`);
  if (number >= first - 1) return;
  throw new Failed(
    failure(
      'not-found',
      'history-not-kept',
      `What was at revision ${number} cannot be told: the kept history begins with revision ${first}.`,
      `The earliest state that can be told is that before it: ${first - 1}.`,
    ),
  );
}

export function noSuchRevision(message: string): Failed {
  return new Failed(failure('not-found', 'not-found', message, 'List them: GET /v1/revisions.'));
}
