/**
 * Where a director asks about a host without an agent. The host is asked for on its own segment. The VIP is asked for
 * there, and also where clients and routers ask for it: a host may have a network card there too, or answer only whom
 * it shares a subnet with (arp_ignore 2). Pure.
 */
import type { SegmentPlace, Segments } from '../../forwarding/segments.js';
import type { Suspect } from './judge-silence.js';

/** What the director stands on. */
export interface Stand {
  readonly segments: Segments;
  /** The interface that holds the VIPs: routers ask for a VIP there that is in no subnet of the director. */
  readonly vipDevice: string;
}

export interface PlacesToAsk {
  readonly host: SegmentPlace;
  /** Each once, that of the host first. */
  readonly vip: readonly SegmentPlace[];
}

/** Undefined: the director is on no segment with the host. */
export function placesToAsk(
  { vip, address }: Suspect,
  { segments, vipDevice }: Stand,
): PlacesToAsk | undefined {
  const host = segments.placeOf(address);
  if (host === undefined) return undefined;
  const subnet = segments.placeOf(vip) ?? host;
  const asked = isSame(subnet, host) ? [host] : [host, subnet];
  const held = asked.some(({ device }) => device === vipDevice)
    ? undefined
    : segments.placeOn(vipDevice, vip);
  return { host, vip: held === undefined ? asked : [...asked, held] };
}

function isSame(one: SegmentPlace, other: SegmentPlace): boolean {
  return one.device === other.device && one.address === other.address;
}
