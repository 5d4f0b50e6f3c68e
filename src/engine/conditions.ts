/** What stands about a director's VIPs, as conditions for the report. Pure. */
import type { ReportedCondition } from '../contract/report.js';
import { someOf } from '../platform/some-of.js';

export interface Announcement {
  /** How many VIPs wait to be announced. */
  readonly pending: number;
  readonly troubles: readonly string[];
}

export function vipsAnnounced({ pending, troubles }: Announcement): ReportedCondition {
  const type = 'VipsAnnounced';
  if (troubles.length > 0) {
    return { type, status: 'False', reason: 'CannotAnnounce', message: troubles.join(' ') };
  }
  if (pending > 0) {
    const message = `${pending} VIPs are still to be announced.`;
    return { type, status: 'Unknown', reason: 'Announcing', message };
  }
  return {
    type,
    status: 'True',
    reason: 'Announced',
    message: 'Every VIP was announced when it was taken.',
  };
}

export interface Holding {
  /** VIPs of services in force that are not on the interface. */
  readonly missing: readonly string[];
  /** VIPs that are being asked about before they are taken. */
  readonly asked: readonly string[];
  /** VIPs that somebody else has. */
  readonly owned: readonly string[];
  /** Interfaces that were made anew or are gone since the rules were loaded. */
  readonly remade: readonly string[];
}

export function vipsHeld({ missing, remade, asked, owned }: Holding): ReportedCondition {
  const type = 'VipsHeld';
  if (owned.length > 0) {
    const message = `Somebody else has ${someOf(owned)}, so they are not taken. The faults of their services name who; this is tried again every ten seconds.`;
    return { type, status: 'False', reason: 'VipsInUse', message };
  }
  const findings = [
    ...(missing.length === 0 ? [] : [`Not on the interface: ${someOf(missing)}.`]),
    ...(remade.length === 0 ? [] : [`Made anew or gone: ${someOf(remade)}.`]),
  ];
  if (findings.length === 0 && asked.length > 0) {
    const message = `It is being found out whether anybody else has ${someOf(asked)}.`;
    return { type, status: 'Unknown', reason: 'Asking', message };
  }
  if (findings.length === 0) {
    return { type, status: 'True', reason: 'Held', message: 'Every VIP of a service in force is held.' };
  }
  // The VIPs went with the interface.
  const reason = remade.length > 0 ? 'InterfaceRemade' : 'VipsMissing';
  return { type, status: 'False', reason, message: [...findings, 'This is being repaired.'].join(' ') };
}

/** @param trouble why the kernel does not take the second lock. */
export function vipsLocked(trouble: string | undefined): ReportedCondition {
  const type = 'VipsLocked';
  if (trouble === undefined) {
    const message = 'While rules are missing, packets to VIPs are dropped and not refused.';
    return { type, status: 'True', reason: 'Locked', message };
  }
  const message = `If somebody flushes the rules, this host resets the connections to its VIPs, for policies of xfrm do not work here: ${trouble}. Give the director a kernel with CONFIG_XFRM_USER.`;
  return { type, status: 'False', reason: 'NoPolicies', message };
}

/**
 * @param answers of others than the hosts that are asked about, such as `192.0.2.200 by 02:00:00:00:00:ee`.
 * @param trouble why nobody can be heard.
 */
export function vipsAnsweredElsewhere(
  answers: readonly string[],
  trouble: string | undefined,
): ReportedCondition {
  const type = 'VipsAnsweredElsewhere';
  if (answers.length > 0) {
    const message = `Somebody else answers for VIPs: ${someOf(answers)}. Unless that is a director, of another cluster or with an engine that does not run, take the address from that host.`;
    return { type, status: 'True', reason: 'StrangersAnswer', message };
  }
  if (trouble !== undefined) {
    const message = `Nobody can be heard: ${trouble}`;
    return { type, status: 'Unknown', reason: 'CannotHear', message };
  }
  return {
    type,
    status: 'False',
    reason: 'NobodyElse',
    message: 'No stranger was heard in the name of a VIP.',
  };
}
