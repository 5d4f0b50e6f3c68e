/**
 * Sums up what the directors found out about a real server by asking it on the VIP, over the way of clients' packets.
 * Each director acts on its own findings, so that they are told one by one where they differ. While some director is
 * there, those that are away are not asked: what they said last is stale, and counts only where there is nothing newer.
 */
import type { Condition, HealthFinding } from './status.js';
import type { VirtualService } from './virtual-service.js';

/** Reason of a finding: it does not answer, and gets packets all the same, as too many of its service fell at once. */
const KEPT_BY_PANIC_GUARD = 'KeptByPanicGuard';
/** Reason of a finding: a backup that answers, and that is not needed. */
const STANDING_BY = 'StandingBy';
/** Reasons of a finding that rests on nothing new: not since the director started, or not any more. */
const NOT_ASKED: ReadonlySet<string> = new Set(['NotCheckedYet', 'CouldNotAsk']);

/**
 * What the directors do with the server: some or all give it new flows (`in-use`), they hold it ready as a backup
 * (`standing-by`), some have taken it out (`partly`), or all have (`out`); it does not answer, and is kept by the guard
 * against mass failures (`kept`); or nobody knows whether it answers (`unknown`).
 */
export type HealthUse = 'in-use' | 'standing-by' | 'partly' | 'out' | 'kept' | 'unknown';

export function healthUse(service: VirtualService, findings: readonly HealthFinding[]): HealthUse {
  if (service.healthCheck.type === 'none') return 'in-use';
  const all = newest(findings);
  const known = all.filter(isKnown);
  const fallen = known.filter(({ healthy }) => healthy === false);
  if (known.length === 0) return 'unknown';
  if (fallen.length === 0) return known.every(isStandingBy) ? 'standing-by' : 'in-use';
  if (fallen.some(isKept)) return 'kept';
  return fallen.length === all.length ? 'out' : 'partly';
}

export type HealthVerdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'> & {
  readonly since: Date | null;
};

/** @param admitted whether the directors are told of the server at all. */
export function healthViaVip(
  service: VirtualService,
  findings: readonly HealthFinding[],
  admitted: boolean,
): HealthVerdict {
  const type = 'HealthViaVip';
  const obstacle = notChecked(service, admitted);
  if (obstacle !== null) {
    return { type, status: 'Unknown', reason: 'NotChecked', message: obstacle, since: null };
  }
  const there = findings.filter(({ connected }) => connected);
  if (there.length > 0) return { type, ...judged(there, healthUse(service, there)) };
  return { type, ...(findings.length > 0 ? stale(findings) : NOBODY_SAID) };
}

type Said = Omit<HealthVerdict, 'type'>;

const NOBODY_SAID: Said = {
  status: 'Unknown',
  reason: 'NotChecked',
  message: 'No director has reported yet what its health check found.',
  since: null,
};

function notChecked({ healthCheck }: VirtualService, admitted: boolean): string | null {
  if (healthCheck.type === 'none') return 'The virtual service has no health check.';
  return admitted ? null : 'Only a real server that is admitted is checked. See the condition Admitted.';
}

/** A server that was found healthy, and could not be asked since, may have fallen meanwhile. */
function isKnown({ healthy, reason }: HealthFinding): boolean {
  return healthy === false || (healthy === true && !NOT_ASKED.has(reason));
}

function judged(there: readonly HealthFinding[], use: HealthUse): Said {
  const fallen = there.filter(({ healthy }) => healthy === false);
  const well = there.filter((finding) => finding.healthy === true && isKnown(finding));
  const [telling, status] =
    fallen.length > 0
      ? ([fallen, 'False'] as const)
      : well.length > 0
        ? ([well, 'True'] as const)
        : ([there, 'Unknown'] as const);
  const reason = fallen.length > 0 && well.length > 0 ? 'DirectorsDiffer' : reasonOf(telling, use);
  return { status, reason, message: messageOf(there), since: lastTurn(telling) };
}

/** Where the findings give several, the one that tells what the directors do; else the first. */
function reasonOf(telling: readonly HealthFinding[], use: HealthUse): string {
  if (use === 'kept') return KEPT_BY_PANIC_GUARD;
  const inUse = use === 'in-use' ? telling.find((finding) => !isStandingBy(finding)) : undefined;
  return (inUse ?? telling[0])?.reason ?? NOBODY_SAID.reason;
}

/** What all of them say alike is said once. */
function messageOf(there: readonly HealthFinding[]): string {
  const texts = new Set(there.map(({ message }) => message));
  const [only = ''] = texts;
  if (texts.size === 1) return `${there.map(({ director }) => director).join(', ')}: ${only}`;
  return there.map(({ director, message, since }) => `${director}: ${message}${sinceText(since)}`).join(' ');
}

function sinceText(since: Date): string {
  return ` (since ${since.toISOString()})`;
}

function stale(findings: readonly HealthFinding[]): Said {
  const said = findings.map(({ director, lastSeenAt, message }) => {
    const when = lastSeenAt === null ? '' : ` since ${lastSeenAt.toISOString()}`;
    return `${director} is silent${when}. What it found last: ${message}`;
  });
  const times = findings.flatMap(({ lastSeenAt }) => (lastSeenAt === null ? [] : [lastSeenAt.getTime()]));
  const since = times.length === 0 ? null : new Date(Math.max(...times));
  return { status: 'Unknown', reason: 'Stale', message: said.join(' '), since };
}

/** Of the directors that are there; where none is, of all. */
function newest(findings: readonly HealthFinding[]): readonly HealthFinding[] {
  const there = findings.filter(({ connected }) => connected);
  return there.length > 0 ? there : findings;
}

function lastTurn(findings: readonly HealthFinding[]): Date {
  return new Date(Math.max(...findings.map(({ since }) => since.getTime())));
}

function isKept({ reason }: HealthFinding): boolean {
  return reason === KEPT_BY_PANIC_GUARD;
}

function isStandingBy({ reason }: HealthFinding): boolean {
  return reason === STANDING_BY;
}
