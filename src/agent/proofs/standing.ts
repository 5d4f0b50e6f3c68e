/**
 * Keeps the strikes of a service: one answer lets it in, and three failures in a row put it out, so that a single lost
 * probe takes nobody's packets away. Where it cannot be asked any more it stays in or out, and the verdict says so. When
 * to ask again follows from it. Pure.
 */
import type { ReportedVerdict } from '../../contract/report.js';
import { NOT_PROBED, type Judgement } from './judge-answers.js';

const STRIKES = 3;
/** While it shall get in, or its loss is to be made sure of. */
const RETRY_MS = 250;
const STRIKE_PAUSE_MS = 2_000;

export interface Standing {
  /** Null: neither an answer nor three failures since the agent started. */
  readonly ready: boolean | null;
  /** Failures in a row. */
  readonly strikes: number;
  /** Tries in a row that could not be made. */
  readonly unasked: number;
  readonly verdict: ReportedVerdict;
}

export const UNTRIED: Standing = { ready: null, strikes: 0, unasked: 0, verdict: NOT_PROBED };

export function afterTry(before: Standing, { counts, verdict }: Judgement): Standing {
  if (counts === 'for') return { ready: true, strikes: 0, unasked: 0, verdict };
  if (counts === 'nothing') return afterNoTry(before, verdict);
  const strikes = before.strikes + 1;
  if (strikes < STRIKES && before.ready !== false) return { ...before, strikes, unasked: 0 };
  return { ready: false, strikes, unasked: 0, verdict };
}

function afterNoTry(before: Standing, verdict: ReportedVerdict): Standing {
  const unasked = before.unasked + 1;
  return before.ready === null || unasked >= STRIKES
    ? { ...before, unasked, verdict }
    : { ...before, unasked };
}

/** How long to wait for the next try. `regularMs`: between tries of a service that is well. */
export function pauseAfter({ ready, strikes, unasked }: Standing, regularMs: number): number {
  if (unasked > 0 && unasked < STRIKES) return Math.min(STRIKE_PAUSE_MS, regularMs);
  if (ready === true && strikes === 0) return regularMs;
  if (ready === true || strikes === 0) return Math.min(STRIKE_PAUSE_MS, regularMs);
  return Math.min(RETRY_MS * 2 ** (strikes - 1), regularMs);
}
