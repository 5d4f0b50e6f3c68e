/** Those elements of documents that lie within a scope, at no more cost than it needs. Pure. */
import type { ServiceDocument } from '../../../contract/documents.js';
import { placeOf } from '../../../forwarding/element-difference.js';
import type { Ground } from '../../../forwarding/ground.js';
import type { Element } from '../../../forwarding/layout.js';
import { elementsBesideSlots, serviceElements } from '../../../forwarding/service-elements.js';
import type { Scope } from './doubts.js';
import { hasNamedElements } from './named-elements.js';

/** What `elementsBesideSlots` makes elements of. */
const BESIDE_SLOTS = /^(services|ranges|quoted|backends)/;

export function elementsWithin(
  { maps, places }: Scope,
  ground: Ground,
): (body: ServiceDocument) => readonly Element[] {
  const whole = new Set([...maps].filter((map) => places === 'all' || !hasNamedElements(map)));
  const named = places === 'all' ? new Set<string>() : places;
  const concerns = servicesAt(named);
  const needsSlots = [...whole].some((map) => !BESIDE_SLOTS.test(map));
  return (body) => {
    const isNamed = concerns(body);
    if (whole.size === 0 && !isNamed) return [];
    const all = needsSlots || isNamed ? serviceElements(body, ground) : elementsBesideSlots(body, ground);
    return all.filter((each) => whole.has(each.map) || named.has(placeOf(each)));
  };
}

/** Whether one of these places may be a service's: told by its number, its servers' or its address. */
function servicesAt(places: ReadonlySet<string>): (body: ServiceDocument) => boolean {
  const firstParts = (maps: RegExp) =>
    new Set([...places].flatMap((place) => (maps.test(place) ? (place.split(' ', 2)[1] ?? []) : [])));
  const [numbers, servers, addresses] = [/^(slots|takers) /, /^backends/, /^straight/].map(firstParts);
  return (body) =>
    numbers?.has(`${body.number}`) === true ||
    addresses?.has(body.address) === true ||
    (servers !== undefined &&
      servers.size > 0 &&
      body.servers.some(({ number }) => servers.has(`${number}`)));
}
