/** What a rule looks at and what it answers. A rule reads one change and the few facts around it, and nothing else. */
import type { RuleCode, RuleViolation } from '../failure.js';
import type { VirtualService } from '../virtual-service.js';
import type { Surroundings } from './surroundings.js';

export interface Change {
  /** Null: the service is new. */
  readonly before: VirtualService | null;
  readonly after: VirtualService;
  readonly surroundings: Surroundings;
}

export type Violation = RuleViolation<RuleCode>;

export type Rule = (change: Change) => readonly Violation[];
