/** `is` and `not` ask whether there is a value at all. */
export const OPERATORS = [
  'eq',
  'ne',
  'in',
  'out',
  'lt',
  'lte',
  'gt',
  'gte',
  'prefix',
  'contains',
  'is',
  'not',
] as const;
export type Operator = (typeof OPERATORS)[number];

export function isOperator(text: string): text is Operator {
  return OPERATORS.some((operator) => operator === text);
}
