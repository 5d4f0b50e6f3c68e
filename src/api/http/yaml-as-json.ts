/**
 * Reads YAML 1.2 into the JSON text that means the same, for whoever reads JSON strictly: one document of mappings with
 * texts for keys, sequences and plain values. No key twice, no tags of one's own, no merge keys; aliases in moderation,
 * because a few of them within each other can stand for more than any memory holds. Pure.
 */
import { load, YAMLException } from 'js-yaml';
import { invalidRequest, violation } from './invalid-request.js';

const MAX_DEPTH = 32;
const MAX_ALIASES = 1_000;

/** @param limit of the JSON text, roughly in characters: what aliases stand for counts each time. */
export function yamlAsJson(text: string, limit: number): string {
  const value = parse(text);
  if (!(writtenLength(value) <= limit)) throw tooLargeWritten(limit);
  return JSON.stringify(value, refuseNoJson) ?? 'null';
}

function parse(text: string): unknown {
  try {
    return load(text, { maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES });
  } catch (error) {
    const mark = error instanceof YAMLException ? error.mark : undefined;
    const place = mark === undefined ? '' : `, from line ${mark.line + 1}, column ${mark.column + 1}, on`;
    throw invalidRequest(
      violation(
        'yaml-malformed',
        '',
        `The body is no YAML that is read here${place}.`,
        `One document; no key twice, no tags, at most ${MAX_ALIASES} aliases and ${MAX_DEPTH} levels.`,
      ),
    );
  }
}

/** Larger than any limit where an object stands within itself. What was measured is not measured again. */
function writtenLength(value: unknown, known = new Map<object, number>()): number {
  if (typeof value !== 'object' || value === null) return String(value).length;
  const before = known.get(value);
  if (before !== undefined) return before;
  known.set(value, Infinity);
  const length = Object.entries(value).reduce(
    (sum, [key, member]) => sum + key.length + writtenLength(member, known),
    2,
  );
  known.set(value, length);
  return length;
}

/** `.nan` and `.inf` would become null. */
function refuseNoJson(key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw invalidRequest(
    violation('number-out-of-range', '', `${JSON.stringify(key)} is no finite number.`, 'Send a number.'),
  );
}

function tooLargeWritten(limit: number): Error {
  return invalidRequest(
    violation(
      'yaml-malformed',
      '',
      `With its aliases written out the body is larger than ${limit} characters, or without an end.`,
      'Use fewer aliases.',
    ),
  );
}
