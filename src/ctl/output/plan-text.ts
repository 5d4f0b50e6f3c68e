/** A plan for people: what would become of what, what stands against it, and what nodes would do. Pure. */
import { changeLines, type ObjectChange } from './change-text.js';
import { withoutControls } from './columns.js';
import { leftOut } from './left-out.js';
import { plannedNodesLines, type PlannedNodes } from './planned-nodes-text.js';

export interface Plan {
  readonly digest: string;
  readonly allowed: boolean;
  readonly revision: number;
  readonly violations: readonly { readonly field: string; readonly message: string; readonly hint: string }[];
  readonly violationsLeftOut: number;
  readonly approval: {
    readonly approve: string;
    readonly given: boolean;
    readonly services: readonly {
      readonly address: string;
      readonly protocol: string;
      readonly port: number;
      readonly becomes: string;
    }[];
    readonly servicesLeftOut: number;
  } | null;
  readonly changes: readonly ObjectChange[];
  readonly changesLeftOut: number;
  readonly nodes: PlannedNodes;
}

export function planText(plan: Plan): string {
  const lines = [
    ...(plan.changes.length === 0 ? ['Nothing would change.'] : plan.changes.flatMap(changeLines)),
    ...leftOut(plan.changesLeftOut, 'objects'),
    ...plannedNodesLines(plan.nodes),
    ...violationLines(plan),
    ...approvalLines(plan.approval),
    `Plan ${plan.digest} on revision ${plan.revision}: ${plan.allowed ? 'can be done' : 'would be refused'}`,
  ];
  return `${lines.map(withoutControls).join('\n')}\n`;
}

function violationLines({ violations, violationsLeftOut }: Plan): string[] {
  if (violations.length === 0) return [];
  return [
    'Broken rules:',
    ...violations.flatMap(({ field, message, hint }) => [`  ${field}: ${message}`, `    ${hint}`]),
    ...leftOut(violationsLeftOut, 'broken rules'),
  ];
}

function approvalLines(approval: Plan['approval']): string[] {
  if (approval === null) return [];
  const { approve, given, services, servicesLeftOut } = approval;
  return [
    given ? 'Approved:' : `Needs an approval, where it is meant: --approve ${approve}`,
    ...services.map(
      ({ address, protocol, port, becomes }) => `  ${address} ${protocol} ${port} becomes ${becomes}`,
    ),
    ...leftOut(servicesLeftOut, 'services'),
  ];
}
