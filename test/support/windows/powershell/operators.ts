/** The operators and casts that Homeward's scripts use; any other is an error. */
import { isEqual, isList, isScriptBlock, isTrue, numberOf, textOf, type Value } from './values.js';

type Operator = (left: Value, right: Value) => Value;

/** Of a list, a comparison gives those that compare so. */
const comparing =
  (compare: (left: Value, right: Value) => boolean): Operator =>
  (left, right) =>
    isList(left) ? left.filter((each) => compare(each, right)) : compare(left, right);

const OPERATORS: Readonly<Record<string, Operator>> = {
  '-eq': comparing(isEqual),
  '-ne': comparing((left, right) => !isEqual(left, right)),
  '-gt': comparing((left, right) => numberOf(left) > numberOf(right)),
  '-lt': comparing((left, right) => numberOf(left) < numberOf(right)),
  '-contains': (left, right) => listed(left).some((each) => isEqual(each, right)),
  '-notcontains': (left, right) => !listed(left).some((each) => isEqual(each, right)),
  '-join': (left, right) => listed(left).map(textOf).join(textOf(right)),
  '-replace': (left, right) => {
    const [pattern = '', by = ''] = listed(right).map(textOf);
    return textOf(left).replaceAll(new RegExp(pattern, 'gi'), by);
  },
  '-f': (left, right) => formatted(textOf(left), listed(right)),
  '+': (left, right) => {
    if (isList(left)) return [...left, ...listed(right)];
    return typeof left === 'number' ? left + numberOf(right) : textOf(left) + textOf(right);
  },
  '-': (left, right) => numberOf(left) - numberOf(right),
};

export function operate(operator: string, left: Value, right: Value): Value {
  const known = OPERATORS[operator.toLowerCase()];
  if (known === undefined) throw new Error(`the operator ${operator} is not known here`);
  return known(left, right);
}

const CASTS: Readonly<Record<string, (value: Value) => Value>> = {
  string: textOf,
  int: numberOf,
  long: numberOf,
  bool: isTrue,
  // Only ever to be made a number.
  char: (value) => textOf(value).charCodeAt(0),
};

export function cast(type: string, value: Value): Value {
  const known = CASTS[type.toLowerCase()];
  if (known === undefined) throw new Error(`the type ${type} is not known here`);
  return known(value);
}

/** What the .NET types that scripts name have. */
export function staticMember(type: string, name: string): (...words: readonly Value[]) => Value {
  if (/^regex$/i.test(type) && /^replace$/i.test(name)) return replaceByBlock;
  throw new Error(`[${type}]::${name} is not known here`);
}

function replaceByBlock(text: Value = '', pattern: Value = '', block: Value = null): Value {
  if (!isScriptBlock(block)) throw new Error('a script block is wanted');
  return textOf(text).replaceAll(new RegExp(textOf(pattern), 'g'), (found) =>
    block.run({ Value: found }).map(textOf).join(''),
  );
}

function formatted(text: string, values: readonly Value[]): string {
  return text.replaceAll(/\{(\d+)(?::x(\d+))?\}/g, (_, at: string, digits?: string) => {
    const value = values[Number(at)] ?? null;
    return digits === undefined ? textOf(value) : numberOf(value).toString(16).padStart(Number(digits), '0');
  });
}

function listed(value: Value): readonly Value[] {
  return isList(value) ? value : [value];
}
