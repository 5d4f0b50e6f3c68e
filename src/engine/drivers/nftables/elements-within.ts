/** Those elements of documents that lie within a scope, at no more cost than it needs. Pure. */
import type { ServiceDocument } from '../../../contract/documents.js';
import type { Ground } from '../../../forwarding/ground.js';
import type { Scope } from './doubts.js';
import type { Element } from '../../../forwarding/layout.js';
import { elementsBesideSlots, serviceElements } from '../../../forwarding/service-elements.js';

/** What `elementsBesideSlots` makes elements of. */
const BESIDE_SLOTS = /^(services|ranges|quoted|backends)/;

export function elementsWithin(
  { maps, slots }: Scope,
  ground: Ground,
): (body: ServiceDocument) => readonly Element[] {
  const within = ({ map, key }: Element): boolean =>
    map === 'slots' ? slots === 'all' || slots.has(key) : maps.has(map);
  const others = [...maps].filter((map) => map !== 'slots');
  const needsSlots = others.some((map) => !BESIDE_SLOTS.test(map));
  const touched = slots === 'all' ? undefined : new Set([...slots].map((key) => key.split(' . ', 1)[0]));
  return (body) => {
    const inSlots = touched === undefined || touched.has(`${body.number}`);
    if (others.length === 0 && !inSlots) return [];
    const all = needsSlots || inSlots ? serviceElements(body, ground) : elementsBesideSlots(body, ground);
    return all.filter(within);
  };
}
