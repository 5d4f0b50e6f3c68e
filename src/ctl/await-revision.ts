/** Waits until nodes have in force what was changed. The API waits, a part of the time after the other: whoever asks goes on asking. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient, Question } from './api-client.js';
import { EXIT } from './exit-codes.js';
import type { Progress } from './output/progress-text.js';
import { readPages } from './read-pages.js';

/** For one answer; a proxy on the way must not take it for dead. */
const ONE_WAIT_SECONDS = 20;
/** An API that has no room for one more to wait answers at once. */
const SHORTEST_MS = 1_000;
/** What waits is counted up to here, when nothing had to be changed. */
const MOST_COUNTED = 100;

/** The change is stored, and what has become of it since could not be seen. */
class NotSeen extends Error {
  readonly exitCode = EXIT.failed;
}

/** @param seconds 0: only asks how far it is. */
export async function awaitRevision(api: ApiClient, revision: number, seconds: number): Promise<Progress> {
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const began = performance.now();
    const left = Math.ceil((end - began) / 1_000);
    const progress = await api.json<Progress>(questionOf(revision, Math.min(left, ONE_WAIT_SECONDS)));
    if (progress.state !== 'rolling-out' || performance.now() >= end) return progress;
    await sleep(Math.max(0, SHORTEST_MS - (performance.now() - began)));
  }
}

function questionOf(revision: number, wait: number): Question {
  const path = `/v1/revisions/${revision}/progress`;
  return wait < 1 ? { path } : { path, headers: { Prefer: `wait=${wait}` }, patienceMs: wait * 1_000 };
}

/** The same, of a change that has just been stored: that must not be taken for undone where the API fails now. */
export async function awaitStored(api: ApiClient, revision: number, seconds: number): Promise<Progress> {
  try {
    return await awaitRevision(api, revision, seconds);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NotSeen(`revision ${revision} is stored; whether it is in force could not be seen: ${why}`);
  }
}

/**
 * Of a change that found everything as it shall be, and so made no revision: waits until such services are in force.
 * @returns how many are not, counted up to a hundred.
 */
export async function awaitServices(
  api: ApiClient,
  query: NonNullable<Question['query']>,
  seconds: number,
): Promise<number> {
  const end = performance.now() + seconds * 1_000;
  const waiting = [...query, ['status.provisioning', 'ne:in-sync'] as const, ['fields', 'id'] as const];
  for (;;) {
    const found = await readPages(api, {
      path: '/v1/virtual-services',
      query: waiting,
      limit: MOST_COUNTED,
    });
    if (found.length === 0 || performance.now() >= end) return found.length;
    await sleep(SHORTEST_MS);
  }
}
