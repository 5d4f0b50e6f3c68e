/**
 * Lists come in pages. A cursor is opaque to clients: it names the position of the last item in the list's order,
 * so that objects made or removed meanwhile neither repeat nor hide others.
 */
import { invalidRequest, violation } from './invalid-request.js';
import { BooleanParameter } from './fields/boolean-field.js';
import { IntegerParameter } from './fields/integer-field.js';
import { TextField } from './fields/text-field.js';

export const DEFAULT_PAGE_LIMIT = 50;
export const MAX_PAGE_LIMIT = 200;
const MAX_CURSOR_LENGTH = 512;

/** Query parameters of every list; a feature's own query class extends it with its filters. */
export class PageQuery {
  @IntegerParameter({
    description: 'The largest number of items to answer with.',
    min: 1,
    max: MAX_PAGE_LIMIT,
    optional: true,
    default: DEFAULT_PAGE_LIMIT,
  })
  limit?: number;

  @TextField({
    description: 'Where to go on: the `nextCursor` of the page before.',
    max: MAX_CURSOR_LENGTH,
    optional: true,
  })
  cursor?: string;

  @BooleanParameter({ description: 'Answer with the `total` of all pages.', optional: true, default: false })
  total?: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
  /** How many items all pages have; only when asked for. */
  readonly total?: number;
}

/** Sort values of the last item of a page, in the order of the list. */
export type CursorPosition = readonly (string | number)[];

export function encodeCursor(position: CursorPosition): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Reads a cursor back, or throws 400. `isPosition` tells whether it fits the list, for it comes from outside. */
export function decodeCursor<P extends CursorPosition>(
  cursor: string,
  isPosition: (value: unknown) => value is P,
): P {
  const value = parseCursor(cursor);
  if (isPosition(value)) return value;
  throw invalidRequest(
    violation(
      'cursor-invalid',
      'cursor',
      'cursor is none that this list has given.',
      'Pass the nextCursor of a page as it was, with the same filters, or leave it out to begin anew.',
    ),
  );
}

function parseCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** `Link` header (RFC 8288) to the page after this one, for the request's own path and query. */
export function nextPageLink(originalUrl: string, nextCursor: string): string {
  const [path = '/', query = ''] = originalUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', nextCursor);
  return `<${path}?${parameters.toString()}>; rel="next"`;
}

/**
 * The first rows of a page that together hold no more than `most` of what each of them brings along; at least one, so
 * that a list always goes on. Keeps an answer small where single objects are large.
 */
export function fitting<T>(rows: readonly T[], sizeOf: (row: T) => number, most: number): readonly T[] {
  let size = 0;
  const tooMuch = rows.findIndex((row, index) => (size += sizeOf(row)) > most && index > 0);
  return tooMuch < 0 ? rows : rows.slice(0, tooMuch);
}
