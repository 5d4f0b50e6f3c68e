/**
 * Keeps the strikes of a service: one answer lets it in, and three failures in a row put it out, so that a single lost
 * probe takes nobody's packets away. When to ask again follows from it. Pure.
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
  readonly verdict: ReportedVerdict;
}

export const UNTRIED: Standing = { ready: null, strikes: 0, verdict: NOT_PROBED };

export function afterTry(before: Standing, { counts, verdict }: Judgement): Standing {
  if (counts === 'for') return { ready: true, strikes: 0, verdict };
  if (counts === 'nothing') return before.ready === null ? { ...before, verdict } : before;
  const strikes = before.strikes + 1;
  if (strikes < STRIKES && before.ready !== false) return { ...before, strikes };
  return { ready: false, strikes, verdict };
}

/** How long to wait for the next try. `regularMs`: between tries of a service that is well. */
export function pauseAfter({ ready, strikes }: Standing, regularMs: number): number {
  if (ready === true && strikes === 0) return regularMs;
  if (ready === true || strikes === 0) return Math.min(STRIKE_PAUSE_MS, regularMs);
  return Math.min(RETRY_MS * 2 ** (strikes - 1), regularMs);
}
