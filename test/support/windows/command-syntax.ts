/** Which parameter set a call of a command fits, as PowerShell asks before it runs anything. */

/** As it stands in a script; `text` of a parameter is its name. */
export interface CallElement {
  readonly kind: 'parameter' | 'argument';
  readonly text: string;
  /** What follows a parameter and a colon. */
  readonly bound?: string;
}

export interface Call<T extends CallElement = CallElement> {
  readonly elements: readonly T[];
  /** Something comes in from a command before it, which stands for one parameter. */
  readonly piped: boolean;
}

interface Parameter {
  readonly name: string;
  readonly valued: boolean;
  readonly required: boolean;
  readonly byPlace: boolean;
  /** Empty: any value. */
  readonly accepted: readonly string[];
}

/** Undefined where one of the sets fits; else what is wrong. */
export function syntaxProblem(
  call: Call,
  sets: readonly string[],
  common: readonly Parameter[],
): string | undefined {
  if (bindCall(call, sets, common) !== undefined) return undefined;
  const known = new Set([...sets.flatMap(parseSyntax), ...common].map(({ name }) => name));
  const strange = call.elements.find(({ kind, text }) => kind === 'parameter' && !known.has(text));
  return strange === undefined ? 'fits none of its parameter sets' : `has no ${strange.text}`;
}

/** The values by the parameters that take them, where a set fits; a parameter without a value has itself. */
export function bindCall<T extends CallElement>(
  call: Call<T>,
  sets: readonly string[],
  common: readonly Parameter[],
): ReadonlyMap<string, T> | undefined {
  for (const set of sets) {
    const bound = bindSet(call, [...parseSyntax(set), ...common]);
    if (bound !== undefined) return bound;
  }
  return undefined;
}

const parsed = new Map<string, readonly Parameter[]>();

/** In the notation of powershell-4-commands.ts. */
export function parseSyntax(text: string): readonly Parameter[] {
  const known = parsed.get(text) ?? parametersIn(text);
  parsed.set(text, known);
  return known;
}

function parametersIn(text: string): readonly Parameter[] {
  const each = /(\[*)(-\w+)(\]?)(?: <([^>]*)>)?/g;
  return [...text.matchAll(each)].map(([, open = '', name = '', close, values]) => {
    const valued = values !== undefined;
    const byPlace = valued && close === ']';
    const required = open === '' || (open === '[' && byPlace);
    const accepted = values ? values.toLowerCase().split('|') : [];
    return { name, valued, required, byPlace, accepted };
  });
}

function bindSet<T extends CallElement>(
  { elements, piped }: Call<T>,
  set: readonly Parameter[],
): ReadonlyMap<string, T> | undefined {
  const bound = new Map<string, T>();
  const loose: T[] = [];
  for (let at = 0; at < elements.length; at++) {
    const element = elements[at] as T;
    if (element.kind === 'argument') {
      loose.push(element);
      continue;
    }
    const parameter = set.find(({ name }) => name === element.text);
    if (parameter === undefined || bound.has(element.text)) return undefined;
    const value = parameter.valued && element.bound === undefined ? elements[++at] : element;
    if (value === undefined || !accepts(parameter, value)) return undefined;
    bound.set(element.text, value);
  }
  const places = set.filter(({ name, byPlace }) => byPlace && !bound.has(name));
  if (loose.length > places.length) return undefined;
  for (const [at, value] of loose.entries()) {
    const place = places[at] as Parameter;
    if (!accepts(place, value)) return undefined;
    bound.set(place.name, value);
  }
  const missing = set.filter(({ name, required }) => required && !bound.has(name));
  return missing.length <= (piped ? 1 : 0) ? bound : undefined;
}

/** What a variable or an expression will hold is not known here. */
function accepts({ valued, accepted }: Parameter, { kind, text, bound }: CallElement): boolean {
  if (!valued) return true;
  if (kind === 'parameter' && bound === undefined) return false;
  if (accepted.length === 0) return true;
  const [, word] = /^'?(\w+)'?$/.exec(bound ?? text) ?? [];
  return word === undefined || accepted.includes(word.toLowerCase());
}
