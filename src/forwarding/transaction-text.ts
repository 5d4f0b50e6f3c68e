/**
 * A change of elements as text for `nft -f -`, which makes one transaction of it: all of it happens or none.
 * Deletions come first, so that a place is free when its new value comes.
 */
import { TABLE, type Element, type MapName } from './layout.js';
import type { ElementDifference } from './element-difference.js';

const VERBS = ['delete', 'add'] as const;
type Verb = (typeof VERBS)[number];

/** In as few statements as can be. */
export function transactionText(differences: readonly ElementDifference[]): string {
  return VERBS.flatMap((verb) =>
    statements(
      verb,
      differences.flatMap((each) => elementsFor(verb, each)),
    ),
  ).join('');
}

export interface SeparateText {
  readonly text: string;
  /** For each line of the text, which of the differences it is of. */
  readonly owners: readonly number[];
}

/** The same transaction, with lines of its own for each of the differences: nft names the lines that cannot be done. */
export function separateText(differences: readonly ElementDifference[]): SeparateText {
  const lines = VERBS.flatMap((verb) =>
    differences.flatMap((each, owner) =>
      statements(verb, elementsFor(verb, each)).map((text) => ({ text, owner })),
    ),
  );
  return { text: lines.map(({ text }) => text).join(''), owners: lines.map(({ owner }) => owner) };
}

function elementsFor(verb: Verb, { deleted, added }: ElementDifference): readonly Element[] {
  return verb === 'delete' ? deleted : added;
}

function statements(verb: Verb, elements: readonly Element[]): readonly string[] {
  const byMap = new Map<MapName, string[]>();
  for (const { map, key, value } of elements) {
    const texts = byMap.get(map) ?? [];
    texts.push(verb === 'delete' || value === '' ? key : `${key} : ${value}`);
    byMap.set(map, texts);
  }
  return [...byMap].map(([map, texts]) => `${verb} element ${TABLE} ${map} { ${texts.join(', ')} }\n`);
}
