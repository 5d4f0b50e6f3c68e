/** How values of each kind stand in SQL. */
import type { FieldKind, ListedField, Value } from './listed-field.js';

interface ColumnType {
  /** Of a parameter. */
  readonly type: string;
  /** What makes an expression comparable in one order everywhere, whatever the database sorts by. */
  readonly collation: string;
  /** The text that `readValue` reads back. */
  readonly text: (sql: string) => string;
  /** Stands for no value where objects are sorted: before all that there are. */
  readonly lowest: Value;
}

const plain = (sql: string): string => `(${sql})::text`;
const BYTES = { type: 'text', collation: ' COLLATE "C"', text: plain, lowest: '' } as const;

export const COLUMN_TYPES: Readonly<Record<FieldKind, ColumnType>> = {
  text: BYTES,
  word: BYTES,
  integer: { type: 'bigint', collation: '', text: plain, lowest: -1 },
  boolean: { type: 'boolean', collation: '', text: plain, lowest: false },
  uuid: { type: 'uuid', collation: '', text: plain, lowest: '00000000-0000-0000-0000-000000000000' },
  address: { type: 'inet', collation: '', text: (sql) => `host(${sql})`, lowest: '0.0.0.0' },
  time: {
    type: 'timestamptz',
    collation: '',
    text: (sql) => `to_char((${sql}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    lowest: '0001-01-01T00:00:00.000Z',
  },
};

/** What a list is sorted by where it is sorted by this field. Never null, for null is neither before nor after anything. */
export function sortedBy({ kind, nullable, sql = 'NULL' }: ListedField): string {
  const { collation, lowest, type } = COLUMN_TYPES[kind];
  return (nullable === true ? `coalesce(${sql}, '${String(lowest)}'::${type})` : sql) + collation;
}
