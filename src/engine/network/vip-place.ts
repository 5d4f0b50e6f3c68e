/**
 * Where a VIP is asked for, announced and listened for: on the segment of its own subnet, for the hosts there ask for it
 * themselves, whichever interface holds it; and a VIP of no subnet on the interface that holds it, where routers ask. Pure.
 */
import type { SegmentPlace, Segments } from '../../forwarding/segments.js';

/** Undefined: the director has no address of that family there, and asks in nobody's name. */
export interface VipPlace extends Pick<SegmentPlace, 'device'> {
  readonly address: string | undefined;
}

export function vipPlace(vip: string, segments: Segments, vipDevice: string): VipPlace {
  const place = segments.placeOf(vip, vipDevice) ?? segments.placeOn(vipDevice, vip);
  return place ?? { device: vipDevice, address: undefined };
}
