/** Conditions as people read them: what is well in one line, and what is not by its reason. Pure. */
import type { Condition } from '../listed.js';

/** Lines without an indent, in the order in which the API has the conditions. */
export function conditionLines(conditions: readonly Condition[]): string[] {
  const lines = new Map<string, string[]>();
  for (const { type, status, reason, message } of conditions) {
    const why = status === 'True' ? 'True' : `${status} (${reason}): ${message}`;
    lines.set(why, [...(lines.get(why) ?? []), type]);
  }
  return [...lines].map(([why, types]) => `${types.join(', ')}: ${why}`);
}
