/**
 * A host that forwards packets sends those for a VIP that it does not hold back to the director, which sends them here
 * again, until their TTL ends: about sixty frames for one SYN. Pure.
 */
import type { ReportedCondition } from '../../contract/report.js';
import { someOf } from '../../platform/some-of.js';
import { isIpv6 } from '../../contract/canonical-address.js';

/** Whether the host sends packets on that are not for it. */
export interface Forwarding {
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  /** What an administrator does to stop it, on this operating system. */
  readonly stop: string;
}

/** `unbound`: VIPs that the host shall hold and does not. `forwarding` null: it is not known. */
export function judgeLoop(forwarding: Forwarding | null, unbound: readonly string[]): ReportedCondition {
  const type = 'NotARouterLoop';
  if (forwarding === null) {
    return {
      type,
      status: 'Unknown',
      reason: 'NotRead',
      message: 'Whether the host forwards packets was not read.',
    };
  }
  const looping = unbound.filter((vip) => (isIpv6(vip) ? forwarding.ipv6 : forwarding.ipv4));
  if (looping.length > 0) {
    const message =
      `The host forwards packets and does not hold ${someOf(looping)}: it would send them back to the director. ` +
      `${forwarding.stop}, or mend why the VIP is not held.`;
    return { type, status: 'False', reason: 'WouldLoop', message };
  }
  if (!forwarding.ipv4 && !forwarding.ipv6) {
    return { type, status: 'True', reason: 'NotForwarding', message: 'The host forwards no packets.' };
  }
  const message = 'The host forwards packets, and holds every VIP that it shall hold.';
  return { type, status: 'True', reason: 'AllHeld', message };
}
