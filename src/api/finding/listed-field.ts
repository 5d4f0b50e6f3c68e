/** What the objects of a list can be asked for: their fields by the names that clients see. Constants, none from a user. */
import type { Operator } from './operator.js';

export type FieldKind = 'text' | 'integer' | 'boolean' | 'word' | 'address' | 'uuid' | 'time';

/** Times in ISO 8601 with milliseconds and addresses in their canonical spelling, so that equal ones are equal texts. */
export type Value = string | number | boolean;

/** One condition on one field. */
export interface Condition {
  /** Its name; of a tag `tag.` and the key. */
  readonly field: string;
  readonly operator: Operator;
  /** One, of a set several; none where it is asked whether there is a value. */
  readonly values: readonly Value[];
}

/** Alternatives, one of which has to hold; of each, all conditions. */
export interface Choice {
  readonly anyOf: readonly (readonly Condition[])[];
}

export type Clause = Condition | Choice;

export function isChoice(clause: Clause): clause is Choice {
  return 'anyOf' in clause;
}

export interface ListedField {
  readonly kind: FieldKind;
  /** All that a field of kind `word` can be. */
  readonly words?: readonly string[];
  /** There are objects without it. */
  readonly nullable?: boolean;
  /** Where the database has it; left out: it is derived from what nodes report, object by object. */
  readonly sql?: string;
  /** SQL of a condition that `sql` cannot say; `value` is a parameter. Such a field takes single values alone. */
  readonly holds?: (value: string) => string;
  /** Of a derived field: SQL that all objects satisfy whose value is one of `allowed`; null: it cannot tell. */
  readonly narrows?: (allowed: ReadonlySet<string>) => string | null;
  /** Name of the things of which an object has several: its conditions are about one and the same of them. */
  readonly group?: string;
  /** False: it is too long to be remembered in a cursor, or there are several. */
  readonly sortable?: boolean;
  /** Nobody sees it, and nobody asks for it: it is there for the order alone. */
  readonly hidden?: boolean;
  /** For the document, where the name does not say it. */
  readonly description?: string;
}

/** In which order a list stands. */
export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
}

export interface Listing {
  readonly fields: Readonly<Record<string, ListedField>>;
  /** Names a field that no two objects share, which settles ties. */
  readonly key: string;
  readonly order: readonly SortKey[];
  /** What `fields=` may name. */
  readonly shown: readonly string[];
  /** So few that they are asked one by one, status and all: no field of theirs needs SQL. */
  readonly inMemory?: boolean;
  /** SQL of "one of these things satisfies": what they have to satisfy stands for `{}`. */
  readonly groups?: Readonly<Record<string, string>>;
  /** The column of the tags; left out: there are none. */
  readonly tags?: string;
  /** SQL of all words that `q` looks through; left out: there is no `q`. */
  readonly words?: string;
}

const TAG = 'tag.';
const TAG_FIELD: ListedField = { kind: 'text', nullable: true };
const TAG_KEY = /^[a-z0-9][a-z0-9._/-]{0,62}$/;

/** The key that a name such as `tag.env` is about; null: it is none. */
export function tagKey(name: string): string | null {
  return name.startsWith(TAG) ? name.slice(TAG.length) : null;
}

export function fieldOf(listing: Listing, name: string): ListedField | undefined {
  const key = tagKey(name);
  if (key === null) return Object.hasOwn(listing.fields, name) ? listing.fields[name] : undefined;
  return listing.tags !== undefined && TAG_KEY.test(key) ? TAG_FIELD : undefined;
}
