/** Values as PowerShell sees them: what is equal, what is true, and what becomes of them as text and as numbers. */

/** Its keys may be written in any case. */
export class Hashtable {
  readonly #entries = new Map<string, { readonly key: string; value: Value }>();

  get keys(): string[] {
    return [...this.#entries.values()].map(({ key }) => key);
  }

  get(key: Value): Value {
    return this.#entries.get(textOf(key).toLowerCase())?.value ?? null;
  }

  has(key: Value): boolean {
    return this.#entries.has(textOf(key).toLowerCase());
  }

  set(key: Value, value: Value): void {
    const name = textOf(key);
    this.#entries.set(name.toLowerCase(), { key: name, value });
  }
}

/** What a script calls by `::` or `.`; of .NET, or of ours. */
export type Method = (...words: readonly Value[]) => Value;

/** An object with properties, such as a command gives. */
export interface Thing {
  readonly [property: string]: Value | Method;
}

export interface ScriptBlock {
  readonly block: unknown;
  /** With a value for `$_`, or for its own parameter. */
  readonly run: (value: Value) => Value[];
}

export type Value = string | number | boolean | null | readonly Value[] | Hashtable | ScriptBlock | Thing;

export function isScriptBlock(value: Value): value is ScriptBlock {
  return typeof value === 'object' && value !== null && 'block' in value;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function textOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (isList(value)) return value.map(textOf).join(' ');
  throw new Error('it has no text that a script of ours would want');
}

export function numberOf(value: Value): number {
  if (value === null || value === '') return 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const number = Number(textOf(value));
  if (!Number.isInteger(number)) throw new Error(`Cannot convert value "${textOf(value)}" to a number.`);
  return number;
}

export function isTrue(value: Value): boolean {
  if (value === null || value === '' || value === 0 || value === false) return false;
  if (!isList(value)) return true;
  return value.length > 1 || (value.length === 1 && isTrue(value[0] ?? null));
}

/** As `-eq` has it: the right side becomes what the left side is, and no letter's case counts. */
export function isEqual(left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right;
  if (typeof left === 'number') return Number(textOf(right)) === left;
  if (typeof left === 'boolean') return left === isTrue(right);
  if (typeof left === 'string') return left.toLowerCase() === textOf(right).toLowerCase();
  return left === right;
}

/** What a pipeline that gave these becomes where one value is wanted. */
export function collapsed(stream: readonly Value[]): Value {
  return stream.length > 1 ? stream : (stream[0] ?? null);
}

/** What goes down a pipeline. */
export function streamOf(value: Value): Value[] {
  return isList(value) ? [...value] : [value];
}

export function memberOf(value: Value, name: string): Value | Method {
  if (value === null) return null;
  if (isList(value)) return /^(?:count|length)$/i.test(name) ? value.length : fromEach(value, name);
  if (value instanceof Hashtable) return memberOfHashtable(value, name);
  if (typeof value === 'string') return memberOfText(value, name);
  if (typeof value === 'object') {
    const own = Object.keys(value).find((key) => key.toLowerCase() === name.toLowerCase());
    return own === undefined ? null : ((value as Thing)[own] ?? null);
  }
  return null;
}

/** PowerShell asks each of a list for a property that the list does not have. */
function fromEach(values: readonly Value[], name: string): Value {
  return values.map((each) => memberOf(each, name)).filter((each) => typeof each !== 'function');
}

function memberOfHashtable(table: Hashtable, name: string): Value | Method {
  if (/^containskey$/i.test(name)) return (key = null) => table.has(key);
  if (/^keys$/i.test(name)) return table.keys;
  return table.get(name);
}

function memberOfText(text: string, name: string): Value | Method {
  if (/^length$/i.test(name)) return text.length;
  if (/^tolowerinvariant$/i.test(name)) return () => text.toLowerCase();
  return null;
}
