/**
 * Reads one filter, `[operator:]value`, for one field. Without an operator it is `eq`. Of a set the values stand
 * between commas, and `\,` is a comma within one. Pure; what it cannot read it refuses, and never guesses.
 */
import type { Condition, ListedField, Value } from './listed-field.js';
import { isOperator, type Operator } from './operator.js';
import { operatorsOf } from './operators-of.js';
import { readValue, WANTED } from './read-value.js';

/** Why a parameter is refused: completes a sentence that begins with its name. */
export interface Fault {
  readonly message: string;
  readonly hint: string;
  readonly code?: 'address-not-usable';
}

const MOST_IN_A_SET = 100;
const LOOKS_LIKE_AN_OPERATOR = /^[a-z]+$/;

export function readCondition(name: string, field: ListedField, text: string): Condition | Fault {
  const { operator, rest } = split(field, text);
  if (operator === null) return unknownOperator(field, rest);
  if (operator === 'is' || operator === 'not') return readPresence(name, operator, rest);
  const texts = operator === 'in' || operator === 'out' ? valuesOfSet(rest) : [rest];
  if (texts.length > MOST_IN_A_SET) {
    return { message: `has more than ${MOST_IN_A_SET} values.`, hint: 'Ask in several requests.' };
  }
  const values: Value[] = [];
  for (const each of texts) {
    const value = readOne(field, each);
    if (value === null) return notAValue(field, each);
    values.push(value);
  }
  return { field: name, operator, values };
}

export function isFault(read: Condition | Fault): read is Fault {
  return 'message' in read;
}

/** Only a word that is an operator is one: an IPv6 address has colons too. In a text every lower-case word could be meant as one. */
function split(
  field: ListedField,
  text: string,
): { readonly operator: Operator | null; readonly rest: string } {
  const colon = text.indexOf(':');
  const head = text.slice(0, Math.max(0, colon));
  if (isOperator(head)) {
    return operatorsOf(field).includes(head)
      ? { operator: head, rest: text.slice(colon + 1) }
      : { operator: null, rest: head };
  }
  const mayBeMeant = field.kind === 'text' && LOOKS_LIKE_AN_OPERATOR.test(head);
  return mayBeMeant ? { operator: null, rest: head } : { operator: 'eq', rest: text };
}

function unknownOperator(field: ListedField, head: string): Fault {
  return {
    message: `cannot be asked with ${JSON.stringify(head)}.`,
    hint: `What stands before the first colon is one of ${operatorsOf(field).join(', ')}. For a text with a colon write eq: before it.`,
  };
}

function readPresence(name: string, operator: 'is' | 'not', rest: string): Condition | Fault {
  if (rest === 'null') return { field: name, operator, values: [] };
  return { message: `takes nothing but null behind ${operator}:.`, hint: 'Such as is:null or not:null.' };
}

function readOne(field: ListedField, text: string): Value | null {
  const value = readValue(field.kind, text);
  return field.words === undefined || field.words.includes(text) ? value : null;
}

function notAValue(field: ListedField, text: string): Fault {
  const wanted = field.words === undefined ? WANTED[field.kind] : `one of ${field.words.join(', ')}`;
  const hint = `${JSON.stringify(text)} is none. Before it may stand an operator: ${operatorsOf(field).join(', ')}.`;
  const message = `must be ${wanted}.`;
  return field.kind === 'address' ? { message, hint, code: 'address-not-usable' } : { message, hint };
}

/** Parts between commas that no backslash stands before. */
function valuesOfSet(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (const piece of text.match(/\\[\\,]|[^]/gu) ?? []) {
    if (piece === ',') {
      parts.push(part);
      part = '';
    } else part += piece.length > 1 && piece.startsWith('\\') ? piece.slice(1) : piece;
  }
  return [...parts, part];
}
