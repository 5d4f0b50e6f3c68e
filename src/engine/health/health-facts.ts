/** What the report says of the health of servers: all, or what changed since the last answered report. */
import type { HealthFact } from '../../contract/report.js';

export class HealthFacts {
  private readonly facts = new Map<number, HealthFact>();
  /** Numbers of servers whose fact changed since it was answered for. */
  private readonly changed = new Set<number>();
  /** What the last description told. */
  private told: readonly HealthFact[] = [];

  /** Whether this is news. */
  put(fact: HealthFact): boolean {
    const before = this.facts.get(fact.number);
    if (before !== undefined && isSame(before, fact)) return false;
    this.facts.set(fact.number, fact);
    this.changed.add(fact.number);
    return true;
  }

  /** Null: not known. */
  healthOf(number: number): boolean | null {
    return this.facts.get(number)?.healthy ?? null;
  }

  /** It is not checked any more. */
  drop(number: number): void {
    this.facts.delete(number);
    this.changed.delete(number);
  }

  describe(complete: boolean): readonly HealthFact[] {
    const numbers = complete ? [...this.facts.keys()] : [...this.changed];
    this.told = numbers.flatMap((number) => this.facts.get(number) ?? []);
    return this.told;
  }

  /** The last description has arrived; what changed since then is still to be told. */
  acknowledged(): void {
    for (const fact of this.told) if (this.facts.get(fact.number) === fact) this.changed.delete(fact.number);
    this.told = [];
  }
}

function isSame(a: HealthFact, b: HealthFact): boolean {
  const fields = ['healthy', 'reason', 'message', 'since'] as const;
  return fields.every((field) => a[field] === b[field]);
}
