/**
 * Reads the query of a list: which objects, in which order, which of their fields, and where to go on. Pure. All that
 * is wrong is told at once, each by the name of its parameter; nothing that it does not understand is passed over.
 */
import { invalidRequest, violation, type RequestViolation } from '../http/invalid-request.js';
import { DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT } from '../http/page.js';
import { asksDerived } from './is-derived.js';
import { fieldOf, type Clause, type Condition, type Listing, type SortKey } from './listed-field.js';
import { alternativesOf, OR, pairsOf, type Pair } from './alternatives.js';
import { isFault, readCondition, type Fault } from './read-condition.js';
import { readFieldNames } from './sparse.js';
import { readSort } from './sort.js';
import { readWords } from './words.js';

export interface ListQuery {
  /** All have to hold. */
  readonly conditions: readonly Clause[];
  /** Words that begin words of the object; all have to. */
  readonly words: readonly string[];
  readonly order: readonly SortKey[];
  /** Null: all. */
  readonly fields: readonly string[] | null;
  readonly limit: number;
  readonly cursor: string | null;
  readonly total: boolean;
}

/** As the parser of queries leaves it: a parameter that comes several times is a list. */
export type RawQuery = Readonly<Record<string, unknown>>;

export const MOST_PARAMETERS = 50;
const LONGEST_CURSOR = 4_096;
const LIMIT = /^\d{1,4}$/;

/** How each parameter that is no filter is read; a filter of that name would be hidden. */
export const RESERVED = [OR, 'q', 'sort', 'fields', 'limit', 'cursor', 'total'] as const;
type Reserved = Exclude<(typeof RESERVED)[number], typeof OR>;

export function readListQuery(listing: Listing, raw: RawQuery): ListQuery {
  const reading = new Reading(listing);
  const pairs = pairsOf(raw);
  if (countOf(pairs) > MOST_PARAMETERS) throw tooMany();
  for (const [name, text] of pairs) reading.take(name, text);
  return reading.result();
}

/** Those within a choice are counted one by one: each costs as much as any other. */
function countOf(pairs: readonly Pair[]): number {
  const counts = pairs.map(([name, text]) => (name === OR ? alternativesOf(text).flat().length : 1));
  return counts.reduce((sum, count) => sum + count, 0);
}

class Reading {
  private readonly violations: RequestViolation[] = [];
  private readonly conditions: Clause[] = [];
  private readonly texts = new Map<Reserved, string>();

  constructor(private readonly listing: Listing) {}

  take(name: string, text: string): void {
    if (name === OR) return this.choose(text);
    if (isReserved(name) && (name !== 'q' || this.listing.words !== undefined)) return this.keep(name, text);
    const condition = this.condition(name, text);
    if (condition !== null) this.conditions.push(condition);
  }

  /** What is wrong within is told by the name of the filter, as what is wrong beside it. */
  private choose(text: string): void {
    const alternatives = alternativesOf(text);
    if (alternatives.some((pairs) => pairs.length === 0)) this.refuse(OR, EMPTY);
    const anyOf = alternatives.map((pairs) =>
      pairs.flatMap(([name, each]) => this.condition(name, each, ' within or') ?? []),
    );
    this.conditions.push({ anyOf });
  }

  /** Null where it is refused. */
  private condition(name: string, text: string, where = ''): Condition | null {
    const field = fieldOf(this.listing, name);
    if (field === undefined || field.hidden === true) {
      this.violations.push(
        violation(
          'unknown-parameter',
          name,
          `${name} is not known ${where === '' ? 'here' : where.trimStart()}.`,
          'Leave it out; /docs lists all filters.',
        ),
      );
      return null;
    }
    const read = readCondition(name, field, text);
    if (!isFault(read)) return read;
    this.refuse(name, { ...read, message: `${where.trimStart()} ${read.message}`.trimStart() });
    return null;
  }

  result(): ListQuery {
    const { listing } = this;
    const query = {
      conditions: this.conditions,
      words: this.read('q', readWords) ?? [],
      order: this.read('sort', (text) => readSort(listing, text)) ?? listing.order,
      fields: this.read('fields', (text) => readFieldNames(listing, text)) ?? null,
      limit: this.read('limit', readLimit) ?? DEFAULT_PAGE_LIMIT,
      cursor: this.read('cursor', readCursorText) ?? null,
      total: this.read('total', readBoolean) ?? false,
    };
    if (query.total && this.conditions.some((clause) => asksDerived(listing, clause))) {
      this.refuse('total', NOT_COUNTED);
    }
    const [first, ...others] = this.violations;
    if (first !== undefined) throw invalidRequest(first, ...others);
    return query;
  }

  private keep(name: Reserved, text: string): void {
    if (this.texts.has(name)) {
      this.violations.push(
        violation('duplicate-parameter', name, `${name} is given more than once.`, 'Give it once.'),
      );
    }
    this.texts.set(name, text);
  }

  private read<T>(name: Reserved, reader: (text: string) => T | Unread): T | undefined {
    const text = this.texts.get(name);
    if (text === undefined) return undefined;
    const read = reader(text);
    if (!isUnread(read)) return read;
    this.refuse(name, read.fault);
    return undefined;
  }

  private refuse(name: string, { message, hint, code }: Fault): void {
    this.violations.push(violation(code ?? 'parameter-invalid', name, `${name} ${message}`, hint));
  }
}

interface Unread {
  readonly fault: Fault;
}

function isUnread(read: unknown): read is Unread {
  return typeof read === 'object' && read !== null && 'fault' in read;
}

const EMPTY: Fault = {
  message: 'has an alternative without a filter.',
  hint: 'Such as or=port=80|name=prefix:web. A | in a value is written %7C within or, and that is encoded once more in a URL.',
};

const NOT_COUNTED: Fault = {
  message: 'cannot be told together with a filter on status: that is asked object by object.',
  hint: 'Leave total out and follow nextCursor, or leave the filter out.',
};

function isReserved(name: string): name is Reserved {
  return RESERVED.some((each) => each === name);
}

function readLimit(text: string): number | Unread {
  const limit = LIMIT.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_PAGE_LIMIT) return limit;
  return { fault: { message: `must be an integer from 1 to ${MAX_PAGE_LIMIT}.`, hint: 'Such as 50.' } };
}

function readBoolean(text: string): boolean | Unread {
  if (text === 'true' || text === 'false') return text === 'true';
  return { fault: { message: 'must be true or false.', hint: 'Such as true.' } };
}

function readCursorText(text: string): string | Unread {
  if (text !== '' && text.length <= LONGEST_CURSOR) return text;
  return {
    fault: {
      message: `must be text of 1 to ${LONGEST_CURSOR} characters.`,
      hint: 'Pass a nextCursor as it was.',
    },
  };
}

function tooMany(): Error {
  return invalidRequest(
    violation(
      'parameter-invalid',
      '',
      `The query has more than ${MOST_PARAMETERS} parameters, those within or counted.`,
      'Put values of one field into one set: in:a,b.',
    ),
  );
}
