/** What can be asked of a field, by its kind. */
import type { FieldKind, ListedField } from './listed-field.js';
import type { Operator } from './operator.js';

const SETS = ['eq', 'ne', 'in', 'out'] as const;
const COMPARISONS = ['lt', 'lte', 'gt', 'gte'] as const;

const BY_KIND: Readonly<Record<FieldKind, readonly Operator[]>> = {
  text: [...SETS, ...COMPARISONS, 'prefix', 'contains'],
  integer: [...SETS, ...COMPARISONS],
  time: [...SETS, ...COMPARISONS],
  boolean: ['eq', 'ne'],
  word: SETS,
  address: SETS,
  uuid: SETS,
};

export function operatorsOf(field: ListedField): readonly Operator[] {
  if (field.holds !== undefined) return ['eq'];
  return [...BY_KIND[field.kind], ...(field.nullable === true ? (['is', 'not'] as const) : [])];
}
