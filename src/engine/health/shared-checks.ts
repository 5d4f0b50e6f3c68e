/**
 * One check for all services that ask the same server the same question on the same VIP, and what is known by it.
 */
import type { HealthQuestion } from '../../contract/documents.js';
import type { Check } from './prober.js';
import type { ProbeTurn } from './probe/probe-messages.js';
import type { CheckedDocument } from './checked-document.js';

export interface Verdict {
  readonly healthy: boolean | null;
  readonly reason: string;
  readonly message: string;
  /** When `healthy` became what it is. */
  readonly since: string;
}

export interface SharedCheck extends Target, Pick<Check, 'id'> {
  verdict: Verdict;
  /** Keys of the services that it is for. */
  readonly users: Set<string>;
}

interface Target {
  readonly address: string;
  readonly vip: string;
  readonly question: HealthQuestion;
  /** VIP and question as text: the same for all services that ask the same of the same VIP. */
  readonly asked: string;
}

export class SharedChecks {
  private readonly byTarget = new Map<string, SharedCheck>();
  private readonly byId = new Map<number, SharedCheck>();
  /** Since the last call of `takeFresh` or `takeUnused`. */
  private fresh = new Set<SharedCheck>();
  private unused = new Set<number>();
  private lastId = 0;

  /** The checks of a service's servers, by their number; new ones where nobody asks the same yet. */
  useFor({ key, body }: CheckedDocument, nowIso: string): ReadonlyMap<number, SharedCheck> {
    const { address: vip, healthCheck: question } = body;
    const target = { vip, question, asked: JSON.stringify([vip, question]) };
    return new Map(
      body.servers.map(({ number, address }) => [number, this.use({ address, ...target }, key, nowIso)]),
    );
  }

  /** With its last user it goes. */
  release(check: SharedCheck, user: string): void {
    check.users.delete(user);
    if (check.users.size > 0) return;
    this.byTarget.delete(keyOf(check));
    this.byId.delete(check.id);
    if (!this.fresh.delete(check)) this.unused.add(check.id);
  }

  takeFresh(): readonly Check[] {
    const fresh = [...this.fresh];
    this.fresh = new Set();
    return fresh.map(({ id, address, vip, question, verdict: { healthy } }) => ({
      id,
      address,
      vip,
      question,
      healthy,
    }));
  }

  takeUnused(): readonly number[] {
    const unused = [...this.unused];
    this.unused = new Set();
    return unused;
  }

  get(id: number): SharedCheck | undefined {
    return this.byId.get(id);
  }

  private use(target: Target, user: string, nowIso: string): SharedCheck {
    const check = this.byTarget.get(keyOf(target)) ?? this.add(target, nowIso);
    check.users.add(user);
    return check;
  }

  private add(target: Target, since: string): SharedCheck {
    const verdict = {
      healthy: null,
      reason: 'NotCheckedYet',
      message: 'It was not checked yet.',
      since,
    };
    const check: SharedCheck = { id: ++this.lastId, ...target, verdict, users: new Set() };
    this.byTarget.set(keyOf(check), check);
    this.byId.set(check.id, check);
    this.fresh.add(check);
    return check;
  }
}

function keyOf({ address, asked }: Target): string {
  return `${address} ${asked}`;
}

const ONLY_ELSEWHERE = 'AnswersOnOwnAddressOnly';

/** What the probe found out, in the words of a report. */
export function verdictOf(before: Verdict, { healthy, reason, message }: ProbeTurn, nowIso: string): Verdict {
  // It was found out once, and tells more than how it fails now.
  if (healthy === false && before.healthy === false && before.reason === ONLY_ELSEWHERE) return before;
  const since = healthy === before.healthy ? before.since : nowIso;
  return { healthy, reason, message, since };
}

/** It is forwarded to, so somebody has found it healthy before. */
export function adopted(before: Verdict): Verdict {
  const message = 'It gets packets, and was not checked yet.';
  return { ...before, healthy: true, reason: 'NotCheckedYet', message };
}

/** What to do about a server that answers on its own address and not on the VIP. */
export function answersElsewhere({ address, vip, question, verdict }: SharedCheck): Verdict {
  const service = question.type === 'udp' ? 'answers from the VIP' : 'listens on all addresses or on the VIP';
  const message = `It answers on ${address}, but not on the VIP ${vip}. See that its host holds ${vip} on loopback, and that the service ${service}. On the VIP: ${verdict.message}`;
  return { ...verdict, reason: ONLY_ELSEWHERE, message };
}
