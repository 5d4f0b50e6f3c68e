/**
 * A change of elements as text for `nft -f -`, which makes one transaction of it: all of it happens or none.
 * Deletions come first, so that a place is free when its new value comes.
 */
import { TABLE, type Element, type MapName } from './layout.js';
import type { ElementDifference } from './element-difference.js';

export function transactionText(differences: readonly ElementDifference[]): string {
  return [
    ...statements(
      'delete',
      differences.flatMap(({ deleted }) => deleted),
    ),
    ...statements(
      'add',
      differences.flatMap(({ added }) => added),
    ),
  ].join('');
}

function statements(verb: 'add' | 'delete', elements: readonly Element[]): readonly string[] {
  const byMap = new Map<MapName, string[]>();
  for (const { map, key, value } of elements) {
    const texts = byMap.get(map) ?? [];
    texts.push(verb === 'delete' || value === '' ? key : `${key} : ${value}`);
    byMap.set(map, texts);
  }
  return [...byMap].map(([map, texts]) => `${verb} element ${TABLE} ${map} { ${texts.join(', ')} }\n`);
}
