/**
 * Reads what stands in `or`: alternatives between `|`, each written as a query is, with the same parser. A program encodes each
 * as a query, which leaves no `|` in it, and the whole once more as a value. Pure.
 */
import { parse } from 'node:querystring';

export const OR = 'or';

export type Pair = readonly [name: string, text: string];

export function alternativesOf(text: string): readonly (readonly Pair[])[] {
  return text.split('|').map((alternative) => pairsOf(parse(alternative, '&', '=', { maxKeys: 0 })));
}

/** As the parser of queries leaves it: a parameter that comes several times is a list. */
export function pairsOf(raw: Readonly<Record<string, unknown>>): readonly Pair[] {
  return Object.entries(raw).flatMap(([name, value]) =>
    [value].flat().map((each): Pair => [name, String(each)]),
  );
}
