import type { ObservedAgent, ObservedVerdict } from './status.js';

/** What an agent said before it fell silent: Unknown, with what was last known and since when it is silent. */
export function staleVerdict(
  { status, reason, message: said }: Pick<ObservedVerdict, 'status' | 'reason' | 'message'>,
  { name, lastSeenAt }: ObservedAgent,
): ObservedVerdict {
  const when = lastSeenAt === null ? '' : ` since ${lastSeenAt.toISOString()}`;
  const message = `${name} is silent${when}. What it said last: ${status}, ${reason}: ${said}`;
  return { status: 'Unknown', reason: 'Stale', message, since: lastSeenAt };
}
