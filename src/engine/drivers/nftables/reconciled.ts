import type { Reconciled, Refusals } from '../forwarding-driver.js';
import { SWEEP } from './element-steps.js';

/** `refused`: by key, also of the step that clears what no document wants. */
export function reconciled(refused: Refusals): Reconciled {
  const refusals = new Map(refused);
  refusals.delete(SWEEP);
  return { refusals, leftover: refused.get(SWEEP) };
}
