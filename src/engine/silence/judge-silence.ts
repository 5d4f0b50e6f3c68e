/**
 * Judges from who answered whether a host is silent about a VIP. Only its own Ethernet address is held against it; who
 * else answered is told beside it, for it may be another network card of the same host, or another director. That
 * nobody answered proves something only when the host answers for itself at the same time: one that is off is silent,
 * too. Pure.
 */
import type { SilenceFact } from '../../contract/report.js';

/** A host that was heard must be silent so many times in a row before it counts as silent again. */
const QUIET_AFTER_AN_ANSWER = 3;

/** What is asked about. */
export interface Suspect {
  readonly vip: string;
  readonly address: string;
}

/** Ethernet addresses that answered for the VIP and for the host's own address, or why nothing could be asked. */
export type Heard =
  | { readonly vip: readonly string[]; readonly host: readonly string[] }
  | { readonly trouble: string }
  | 'no-segment';

export interface Standing extends Pick<SilenceFact, 'onSegment' | 'silent' | 'reason' | 'message'> {
  /** Ethernet addresses of the host when it was last heard. */
  readonly host: readonly string[];
  /** Ethernet addresses that answered for the VIP when it was last asked for, and are not the host's. */
  readonly strangers: readonly string[];
  /** How often in a row nothing was heard since the last answer. */
  readonly quiet: number;
}

export const NOT_ASKED: Standing = {
  onSegment: true,
  silent: null,
  reason: 'NotAsked',
  message: 'Nothing was asked yet.',
  host: [],
  strangers: [],
  quiet: 0,
};

export function judgeSilence({ vip, address }: Suspect, heard: Heard, before: Standing): Standing {
  if (heard === 'no-segment') {
    const message = `No interface of this director is on a segment with ${address}.`;
    return { ...NOT_ASKED, onSegment: false, reason: 'NoSharedSegment', message };
  }
  if ('trouble' in heard) return cannotTell(before, 'CannotAsk', heard.trouble);
  const host = heard.host.length > 0 ? heard.host : before.host;
  const own = heard.vip.filter((each) => host.includes(each));
  const strangers = heard.vip.filter((each) => !host.includes(each));
  if (own.length > 0) {
    const message = `${own.join(', ')}, which is ${address}, answered when asked who has ${vip}.`;
    return { onSegment: true, silent: false, reason: 'AnswersForVip', message, host, strangers, quiet: 0 };
  }
  if (heard.host.length === 0) {
    const message = `${address} did not answer for itself, so that its silence says nothing. See whether the host is up.`;
    return { ...cannotTell(before, 'HostNotHeard', message), strangers };
  }
  return { ...quiet({ vip, address }, host, before), strangers };
}

/** Somebody who was heard is not trusted again because nothing could be heard. */
function cannotTell(before: Standing, reason: string, message: string): Standing {
  if (before.silent === false) return before;
  return { ...NOT_ASKED, host: before.host, reason, message };
}

function quiet({ vip, address }: Suspect, host: readonly string[], before: Standing): Standing {
  const times = before.quiet + 1;
  if (before.silent === false && times < QUIET_AFTER_AN_ANSWER) return { ...before, host, quiet: times };
  const message = `${address} did not answer when asked who has ${vip}.`;
  return { onSegment: true, silent: true, reason: 'Silent', message, host, strangers: [], quiet: times };
}
