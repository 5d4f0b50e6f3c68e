/** Gathers what is wrong with each of many objects, each at its place in the request, to tell all of it at once. */
import { Failed, rulesBroken, type RuleViolation } from '../../../domain/failure.js';

export class Violations {
  private readonly all: RuleViolation[] = [];

  get count(): number {
    return this.all.length;
  }

  add(violation: RuleViolation): void {
    this.all.push(violation);
  }

  /** What the work makes; null where it is refused, for reasons that stand at `pointer`. */
  async gather<T>(pointer: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Failed) || error.failure.violations.length === 0) throw error;
      for (const each of error.failure.violations) this.add({ ...each, field: pointer + each.field });
      return null;
    }
  }

  /** Where all that is wrong is that somebody was faster, it is 412 as with `If-Match`. */
  throwIfAny(): void {
    const [first, ...others] = this.all;
    if (first === undefined) return;
    const broken = rulesBroken([first, ...others]);
    const isStale = this.all.every(({ code }) => code === 'precondition-failed');
    throw new Failed(isStale ? { ...broken, kind: 'precondition-failed' } : broken);
  }
}
