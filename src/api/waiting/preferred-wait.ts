/**
 * Reads how long a caller would wait (RFC 7240, 4.3: `Prefer: wait=30`). A preference that cannot be understood is no error
 * there but passed over, and `Preference-Applied` tells what was not.
 */

const LONGEST_WAIT_SECONDS = 60;
const WAIT = /^wait[\t ]*=[\t ]*(?:"(\d{1,9})"|(\d{1,9}))[\t ]*(?:;|$)/i;

/** @returns whole seconds, 1 to 60, whatever more was asked for; null: it would not wait. */
export function preferredWait(prefer: string | undefined): number | null {
  // Of one that comes several times the first counts (RFC 7240, 2).
  const wait = (prefer ?? '').split(',').find((one) => /^\s*wait\b/i.test(one));
  const [, quoted, plain] = WAIT.exec(wait?.trim() ?? '') ?? [];
  const seconds = Number(quoted ?? plain ?? 0);
  return seconds === 0 ? null : Math.min(seconds, LONGEST_WAIT_SECONDS);
}
