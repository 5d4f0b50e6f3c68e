/**
 * Finds what JSON.parse lets through and a store or a second reader would not: keys that come twice, numbers that
 * lose digits, text that UTF-8 or PostgreSQL cannot hold, names that objects answer to, nesting without an end.
 * It walks the tokens of a text that JSON.parse has accepted before, so it needs no grammar of its own.
 */
import { setImmediate } from 'node:timers/promises';
import { violation, type RequestViolation } from './invalid-request.js';
import { pointerTo } from './json-pointer.js';
import { isReservedName } from './reserved-names.js';

const MAX_DEPTH = 32;
/** More would help nobody, and an answer must not outgrow its question. */
const MAX_TROUBLES = 20;
/** After so many others have their turn: a few milliseconds, and more than bodies have that are no bulk. */
const TOKENS_AT_ONCE = 50_000;

/** Sticky, so that a gap between tokens would end the walk; white space and the literals need no look. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]|true|false|null|\s+/gy;
const STORABLE = /^[^\0\p{Surrogate}]*$/u;

interface Level {
  readonly pointer: string;
  /** Keys seen so far; null in an array. */
  readonly keys: Set<string> | null;
  /** Index of the element in an array. */
  index: number;
  /** The key whose value comes next; null where a key is due. */
  key: string | null;
}

/** All that is wrong with `text`, which must be valid JSON; empty when nothing is. */
export async function findJsonTroubles(text: string): Promise<readonly RequestViolation[]> {
  const troubles: RequestViolation[] = [];
  const levels: Level[] = [];
  let taken = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    taken += 1;
    if (taken % TOKENS_AT_ONCE === 0) await setImmediate();
    const trouble = takeToken(token, levels);
    if (trouble !== null) troubles.push(trouble);
    if (levels.length > MAX_DEPTH || troubles.length >= MAX_TROUBLES) break;
  }
  return troubles;
}

function takeToken(token: string, levels: Level[]): RequestViolation | null {
  const level = levels.at(-1);
  const first = token.charAt(0);
  if (first === '{' || first === '[') return enter(first === '{', levels);
  if (first === '}' || first === ']') levels.pop();
  else if (first === ',' && level !== undefined) next(level);
  else if (first === '"') return takeText(token, level);
  else if (first === '-' || (first >= '0' && first <= '9')) return takeNumber(token, level);
  return null;
}

function enter(isObject: boolean, levels: Level[]): RequestViolation | null {
  const pointer = pointerIn(levels.at(-1));
  levels.push({ pointer, keys: isObject ? new Set() : null, index: 0, key: null });
  if (levels.length <= MAX_DEPTH) return null;
  return violation('too-deep', pointer, `The body nests deeper than ${MAX_DEPTH} levels.`, 'Nest less.');
}

function next(level: Level): void {
  level.index += 1;
  level.key = null;
}

function takeText(token: string, level: Level | undefined): RequestViolation | null {
  // Only an escape can make NUL or half a surrogate pair: the bytes were decoded strictly.
  const text = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
  const isKey = level !== undefined && level.keys !== null && level.key === null;
  if (!STORABLE.test(text)) return unstorable(isKey ? level.pointer : pointerIn(level));
  return isKey ? takeKey(text, level) : null;
}

function takeKey(key: string, level: Level): RequestViolation | null {
  const repeated = level.keys?.has(key) === true;
  level.keys?.add(key);
  level.key = key;
  const field = pointerIn(level);
  if (isReservedName(key))
    return violation('unknown-field', field, `${field} is not known here.`, 'Leave it out.');
  if (!repeated) return null;
  return violation('duplicate-key', field, `${field} is given more than once.`, 'Give every key once.');
}

function unstorable(field: string): RequestViolation {
  const message = 'Text holds NUL or half of a surrogate pair, which no database keeps.';
  return violation('text-not-storable', field, message, 'Remove the character.');
}

function takeNumber(token: string, level: Level | undefined): RequestViolation | null {
  if (Math.abs(Number(token)) <= Number.MAX_SAFE_INTEGER) return null;
  const message = 'The number is beyond 2^53 - 1 and would lose digits.';
  return violation('number-out-of-range', pointerIn(level), message, 'Send a smaller number.');
}

function pointerIn(level: Level | undefined): string {
  if (level === undefined) return '';
  return pointerTo(level.pointer, level.keys === null ? level.index : (level.key ?? ''));
}
