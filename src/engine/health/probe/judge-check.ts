/**
 * Whether a server counts as healthy, from what came of asking it again and again. It takes `fall` failures in a row to
 * fall and `rise` answers to rise; the very first answer is enough, for a server that was never healthy has nothing to
 * prove but that it is there. What could not be asked counts for neither. Pure.
 */
import type { HealthQuestion } from '../../../contract/documents.js';
import type { Outcome } from './outcome.js';

export interface CheckState {
  /** Null: not known yet. */
  readonly healthy: boolean | null;
  /** It has been healthy at some time. */
  readonly proved: boolean;
  /** Outcomes in a row that speak against `healthy`. */
  readonly against: number;
}

export function stateFrom(healthy: boolean | null): CheckState {
  return { healthy, proved: healthy === true, against: 0 };
}

type Thresholds = Pick<HealthQuestion, 'rise' | 'fall'>;

export function judged(state: CheckState, { kind }: Outcome, { rise, fall }: Thresholds): CheckState {
  if (kind === 'not-asked') return state;
  const answered = kind === 'answered';
  if (answered === state.healthy) return state.against === 0 ? state : { ...state, against: 0 };
  const against = state.against + 1;
  if (against < needed(state, answered, { rise, fall })) return { ...state, against };
  return { healthy: answered, proved: state.proved || answered, against: 0 };
}

function needed({ proved }: CheckState, answered: boolean, { rise, fall }: Thresholds): number {
  if (!proved) return 1;
  return answered ? rise : fall;
}
