/**
 * Reads YAML 1.2 into the JSON text that means the same, for whoever reads JSON strictly: one document of mappings with
 * texts for keys, sequences and plain values. No key twice, no tags of one's own, no merge keys; aliases in moderation,
 * because a few of them within each other can stand for more than any memory holds. Pure.
 * It is also what a thread runs that is given a text (yaml-as-json.ts), and so imports nothing that is ours.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { load, YAMLException } from 'js-yaml';

export const MAX_DEPTH = 32;
export const MAX_ALIASES = 1_000;
/** Signs that may begin something. Ten thousand services of ten servers have 0.7 million; a million take 0.4 GB to read. */
export const MAX_SIGNS = 1_000_000;
const SIGNS: ReadonlySet<number> = new Set(Array.from(',[{:?-\n', (sign) => sign.charCodeAt(0)));

export interface YamlText {
  readonly yaml: string;
  /** Of the JSON text, roughly in characters: what aliases stand for counts each time. */
  readonly limit: number;
}

export type JsonOfYaml =
  | { readonly json: string }
  /** From this line and column on it is none that is read here; null: nobody knows from where. */
  | { readonly malformedFrom: { readonly line: number; readonly column: number } | null }
  | { readonly tooLong: true }
  | { readonly tooMany: true }
  /** A key whose value is no finite number. */
  | { readonly infinite: string };

export function jsonOfYaml({ yaml, limit }: YamlText): JsonOfYaml {
  if (signsIn(yaml) > MAX_SIGNS) return { tooMany: true };
  let value: unknown;
  try {
    value = load(yaml, { maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES });
  } catch (error) {
    const mark = error instanceof YAMLException ? error.mark : undefined;
    return { malformedFrom: mark === undefined ? null : { line: mark.line + 1, column: mark.column + 1 } };
  }
  return writtenLength(value) <= limit ? written(value) : { tooLong: true };
}

/** A few megabytes of `[],` alone would take a gigabyte. */
function signsIn(yaml: string): number {
  let signs = 0;
  for (let index = 0; index < yaml.length; index++) if (SIGNS.has(yaml.charCodeAt(index))) signs += 1;
  return signs;
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
function written(value: unknown): JsonOfYaml {
  let infinite: string | null = null;
  const json = JSON.stringify(value, (key, member: unknown) => {
    if (typeof member === 'number' && !Number.isFinite(member)) infinite ??= key;
    return member;
  });
  return infinite === null ? { json: json ?? 'null' } : { infinite };
}

if (isYamlText(workerData)) parentPort?.postMessage(jsonOfYaml(workerData), []);

function isYamlText(data: unknown): data is YamlText {
  return typeof data === 'object' && data !== null && 'yaml' in data && 'limit' in data;
}
