/** A cause for traffic that does not flow, or flows wrongly. It is a file of its own, whose name says it. Pure. */
import type { Fix, Severity } from './finding.js';
import type { Known, KnownVerdict } from './known.js';

export interface Sight {
  /** In words. */
  readonly seen: string;
  readonly facts?: Readonly<Record<string, string>>;
}

export interface Cause {
  /** Stable, for programs; the name of its place in docs/troubleshooting.md. */
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  /** Null: nothing that is known speaks for it. */
  readonly find: (known: Known) => Sight | null;
  readonly fix: (known: Known) => Fix;
}

/** The verdict of that type, where it is `False`, and for one of these reasons if any are given. */
export function failed(known: Known, type: string, reasons?: readonly string[]): Sight | null {
  return sightOf(known, type, 'False', reasons);
}

/** The same for what could not be found out. */
export function unknown(known: Known, type: string, reasons?: readonly string[]): Sight | null {
  return sightOf(known, type, 'Unknown', reasons);
}

/** What directors say of themselves for this reason. */
export function troublesFor({ directors }: Known, reason: string): Sight | null {
  const told = (directors ?? []).flatMap(({ name, troubles }) =>
    troubles.filter((each) => each.reason === reason).map(({ message }) => `${name}: ${message}`),
  );
  return told.length === 0 ? null : { seen: told.join(' '), facts: { reason } };
}

/** The real server gets packets, as far as the control plane decides that; the host itself does not know. */
export function isAdmitted({ verdicts }: Known): boolean {
  return verdicts.get('Admitted')?.status === 'True';
}

function sightOf(
  { verdicts }: Known,
  type: string,
  status: KnownVerdict['status'],
  reasons?: readonly string[],
): Sight | null {
  const verdict = verdicts.get(type);
  if (verdict === undefined || verdict.status !== status) return null;
  if (reasons !== undefined && !reasons.includes(verdict.reason)) return null;
  const since = verdict.since ?? null;
  return {
    seen: verdict.message,
    facts: {
      condition: type,
      reason: verdict.reason,
      ...(since === null ? {} : { since: since.toISOString() }),
    },
  };
}
