/**
 * Bounds how long a plan is made: a snapshot that is held for long keeps PostgreSQL from cleaning up, and one of the few
 * places from others.
 */
import type { EntityManager } from 'typeorm';
import { Failed, failure } from '../../domain/failure.js';

const LONGEST_MS = 60_000;

/**
 * Ends work that takes too long, between two of its pieces; PostgreSQL ends a statement that
 * takes as long by itself.
 */
export async function inTime<T>(
  manager: EntityManager,
  work: (within: AbortSignal) => Promise<T>,
  longestMs = LONGEST_MS,
): Promise<T> {
  const late = new AbortController();
  const began = performance.now();
  const timer = setTimeout(() => late.abort(takesTooLong(longestMs)), longestMs);
  try {
    await manager.query(`SET LOCAL statement_timeout = ${longestMs}`);
    return await work(late.signal);
  } catch (error) {
    // PostgreSQL's word may come a moment before the timer's turn, which is of whole milliseconds.
    throw performance.now() - began < longestMs ? error : takesTooLong(longestMs);
  } finally {
    clearTimeout(timer);
  }
}

function takesTooLong(longestMs: number): Failed {
  return new Failed(
    failure(
      'unavailable',
      'plan-takes-too-long',
      `The plan would take longer than ${longestMs / 1_000} s.`,
      'Plan less at once: fewer writes, one virtual service, or the part of the configuration with some tag.',
    ),
  );
}
