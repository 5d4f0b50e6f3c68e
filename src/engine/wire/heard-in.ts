/** Reads a frame that the segment carried. Pure. */
import { heardInArp } from './arp.js';
import { heardInDiscovery } from './discovery.js';
import { ethertypeOf } from './ethernet.js';
import type { Heard } from './heard.js';

/** Undefined: it is malformed, or says nothing of an address. */
export function heardIn(frame: Buffer): Heard | undefined {
  switch (ethertypeOf(frame)) {
    case 0x0806:
      return heardInArp(frame);
    case 0x86dd:
      return heardInDiscovery(frame);
    default:
      return undefined;
  }
}
