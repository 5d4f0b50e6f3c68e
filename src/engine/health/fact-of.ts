/** What the report says of one server, from its check and from how it stands in its service. Pure. */
import type { ServerEntry } from '../../contract/documents.js';
import type { HealthFact } from '../../contract/report.js';
import type { Standing } from '../../forwarding/service-standing.js';
import type { Verdict } from './shared-checks.js';

export function factOf(
  { number, backup }: ServerEntry,
  { healthy, reason, message, since }: Verdict,
  { kept, joined }: Standing,
): HealthFact {
  if (kept.has(number)) {
    const all = `${message} It gets packets still, for more than half of the servers of the service fell at once.`;
    return { number, healthy, reason: 'KeptByPanicGuard', message: all, since };
  }
  if (healthy === true && backup === true && !joined) {
    const idle = 'It is healthy, and gets no new flows while enough of the others are.';
    return { number, healthy, reason: 'StandingBy', message: idle, since };
  }
  return { number, healthy, reason, message, since };
}
