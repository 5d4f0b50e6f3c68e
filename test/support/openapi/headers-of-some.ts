/**
 * Which answers have the headers that the document does not promise of all: that follows from what was asked for and from
 * what is shown. So a header that is documented, and never sent or sent at times, is found. Pure.
 */
import type { Answer } from './answer.js';

/** Null where it cannot be told. */
type Says = (asked: Answer['asked'], body: object | null) => boolean | null;

const PLAN = 'application/vnd.homeward.plan+json';

const RULES: Readonly<Record<string, Says>> = {
  'idempotency-replayed': (asked) => asked['idempotency-key'] !== undefined,
  // A wait that cannot be read, or one too many, is not applied.
  'preference-applied': (asked) => (asked['prefer'] === undefined ? false : null),
  link: (_asked, body) => (body !== null && 'nextCursor' in body ? body.nextCursor !== null : null),
  // Where nothing had to be changed there is no revision.
  etag: (_asked, body) => (body === null ? null : !('revision' in body) || body.revision !== null),
};

/** Each that is missing or too many, as a line. */
export function headersAmiss(
  { asked, headers, status }: Answer,
  body: unknown,
  documented: readonly string[],
): readonly string[] {
  if (status >= 300) return [];
  const isPlan = String(headers['content-type'] ?? '').startsWith(PLAN);
  const shown = typeof body === 'object' ? body : null;
  return documented.flatMap((name) => {
    const rule = RULES[name.toLowerCase()];
    const isDue = rule === undefined ? null : !isPlan && rule(asked, shown);
    if (isDue === null || isDue === (headers[name.toLowerCase()] !== undefined)) return [];
    return [`header ${name} was ${isDue ? '' : 'not '}due`];
  });
}
