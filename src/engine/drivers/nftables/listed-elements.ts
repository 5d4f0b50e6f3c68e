/**
 * Reads the elements out of `nft -j list map`, in the very spelling that service-elements.ts writes.
 * nft shows a service number as the class id of a queueing discipline, `1:a` in hexadecimal halves.
 */
import type { Element, MapName } from '../../../forwarding/layout.js';

interface Listing {
  readonly nftables: readonly {
    readonly map?: { readonly elem?: readonly unknown[] };
    readonly set?: { readonly elem?: readonly unknown[] };
  }[];
}

export function listedElements(map: MapName, json: string): readonly Element[] {
  const { nftables } = JSON.parse(json) as Listing;
  return nftables
    .flatMap((entry) => entry.map?.elem ?? entry.set?.elem ?? [])
    .map((entry): Element => {
      const [key, value] = Array.isArray(entry) ? entry.map(text) : [text(entry), ''];
      return { map, key: key ?? '', value: value ?? '' };
    });
}

function text(value: unknown): string {
  const { elem, val, concat, range, jump } = object(value);
  // Elements that count are wrapped twice.
  if (elem !== undefined || val !== undefined) return text(elem ?? val);
  if (Array.isArray(concat)) return concat.map(text).join(' . ');
  if (Array.isArray(range)) return range.map(text).join('-');
  if (jump !== undefined) return `jump ${text(object(jump)['target'])}`;
  return typeof value === 'string' ? (classId(value) ?? value) : String(value);
}

/** Four digits at most on either side; a double colon or a second one makes it an IPv6 address. */
function classId(spelling: string): string | undefined {
  const [, major, minor] = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(spelling) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return `${Number.parseInt(major, 16) * 0x10000 + Number.parseInt(minor, 16)}`;
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
