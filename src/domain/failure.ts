/**
 * The closed list of what can be expected to fail, and the one error class that carries it through a call stack.
 * A failure says what is wrong and what to do about it, in words for people and codes for programs.
 * It must never carry a stack, an SQL text or a secret: all of it is shown to whoever asked.
 */

/** What a broken rule means for the request: malformed, not possible, or in the way of something that exists. */
export type ViolationKind = 'invalid' | 'unprocessable' | 'conflict';

/** The rules of the domain; stable, programs are written against them. */
export type RuleCode =
  | 'address-families-differ'
  | 'address-is-a-node'
  | 'direct-return-keeps-the-port'
  | 'direct-return-requires-force-l4'
  | 'attested-server-is-managed'
  | 'backup-without-health-check'
  | 'flow-affinity-required'
  | 'health-check-datagram-invalid'
  | 'health-check-protocol-differs'
  | 'health-check-timeout-invalid'
  | 'host-has-an-agent'
  | 'no-shared-segment'
  | 'not-enforceable'
  | 'persistence-prefix-invalid'
  | 'port-range-invalid'
  | 'real-server-exists'
  | 'real-server-is-the-vip'
  | 'slow-start-without-health-check'
  | 'too-many-real-servers'
  | 'virtual-service-overlaps';

/** One broken rule. Field checks of the API use the same form with codes of their own. */
export interface RuleViolation<Code extends string = string> {
  readonly kind: ViolationKind;
  readonly code: Code;
  /** JSON pointer into the virtual service, such as `/realServers/0/port`. */
  readonly field: string;
  readonly message: string;
  readonly hint: string;
}

export type FailureKind =
  | ViolationKind
  | 'not-found'
  | 'gone'
  | 'precondition-failed'
  | 'under-way'
  | 'unauthorized'
  | 'forbidden'
  | 'method-not-allowed'
  | 'payload-too-large'
  | 'unsupported-media-type'
  | 'too-many-requests'
  | 'unavailable'
  | 'not-answered'
  /** A fault of ours in one part of a request, which was logged there. */
  | 'internal';

export interface Failure {
  readonly kind: FailureKind;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  /** All broken rules at once; empty where the failure is not about rules. */
  readonly violations: readonly RuleViolation[];
  /** What there is to approve, where the change was refused for want of it. */
  readonly neededApproval?: NeededApproval;
}

/** A difference that is not brought about before somebody has approved it. */
export interface NeededApproval {
  /** Names exactly this difference: 64 hex digits. */
  readonly approve: string;
  /** The services that packets go to now, and that would be gone, have no server, or none that is healthy. */
  readonly services: readonly {
    readonly id: string;
    readonly address: string;
    readonly protocol: string;
    readonly port: number;
    readonly becomes: 'removed' | 'empty' | 'unhealthy';
  }[];
  /** How many others were removed within ten minutes, and of how many services; null where that is no reason. */
  readonly removedLately: number | null;
  readonly of: number | null;
}

/** Carries a failure to where it is answered. */
export class Failed extends Error {
  readonly failure: Failure;

  constructor(reason: Failure) {
    super(reason.message);
    this.name = 'Failed';
    this.failure = reason;
  }
}

/** A request that is malformed is answered as such whatever else is wrong with it; a conflict shows last. */
const GRAVEST_FIRST: readonly ViolationKind[] = ['invalid', 'unprocessable', 'conflict'];

/** One failure for all broken rules: kind and code are those of the gravest. */
export function rulesBroken(violations: readonly [RuleViolation, ...RuleViolation[]]): Failure {
  const gravest = violations.reduce((worst, next) => (gravity(next) < gravity(worst) ? next : worst));
  return {
    kind: gravest.kind,
    code: gravest.code,
    message: gravest.message,
    hint: gravest.hint,
    violations,
  };
}

/** Those that are as grave in the order that they have. */
export function gravestFirst(violations: readonly RuleViolation[]): readonly RuleViolation[] {
  return violations.toSorted((a, b) => gravity(a) - gravity(b));
}

/** A failure that is not about rules. */
export function failure(
  kind: Exclude<FailureKind, ViolationKind> | 'conflict',
  code: string,
  message: string,
  hint: string | null = null,
): Failure {
  return { kind, code, message, hint, violations: [] };
}

function gravity(violation: RuleViolation): number {
  return GRAVEST_FIRST.indexOf(violation.kind);
}
