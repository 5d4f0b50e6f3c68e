/**
 * A number for each address of a real server that is checked, and one for each address of the director's own that its
 * packets leave with. A number is kept for the life of the process: what is under way bears it.
 */
import type { Segments } from '../../forwarding/segments.js';
import { MOST_HOSTS, MOST_SEGMENTS, probeAddress } from './probe/probe-addresses.js';
import type { ProbeHost, ProbeSource } from './probe/probe-messages.js';
import type { ReachedHost } from './probe-table-text.js';

/** A host as both ends of the way know it. */
export interface NumberedHost extends ReachedHost, ProbeHost {}

export class HostNumbers {
  private readonly hosts = new Map<string, number>();
  private readonly places = new Map<string, number>();

  get sources(): readonly ProbeSource[] {
    return [...this.places].map(([address, segment]) => ({ segment, address }));
  }

  /** Undefined where the address is on no segment of the director, or numbers have run out. */
  reach(address: string, segments: Segments): NumberedHost | undefined {
    const place = segments.placeOf(address);
    if (place === undefined) return undefined;
    const number = numbered(this.hosts, address, 1, MOST_HOSTS);
    const segment = numbered(this.places, place.address, 0, MOST_SEGMENTS);
    if (number === undefined || segment === undefined) return undefined;
    return { number, address, device: place.device, from: probeAddress(address, segment, number) };
  }
}

function numbered(
  numbers: Map<string, number>,
  name: string,
  first: number,
  most: number,
): number | undefined {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  if (numbers.size >= most) return undefined;
  const number = first + numbers.size;
  numbers.set(name, number);
  return number;
}
