/** Asks what a write would do. */
import type { ApiClient, Question } from './api-client.js';
import { EXIT } from './exit-codes.js';
import { inFormat, type Format } from './output/in-format.js';
import { planText, type Plan } from './output/plan-text.js';
import type { Said } from './run-ctl.js';

/** The same question as the write, of which nothing is done. */
export function askPlan(api: ApiClient, write: Question): Promise<Plan> {
  return api.json<Plan>({ ...write, query: [...(write.query ?? []), ['dryRun', 'true']] });
}

/** Ends as the write would. */
export function sayPlan(plan: Plan, output: Format): Said {
  return { text: inFormat(output, plan, () => planText(plan)), exitCode: exitCodeOf(plan) };
}

function exitCodeOf({ allowed, violations }: Plan): number {
  if (allowed) return EXIT.done;
  return violations.length > 0 ? EXIT.refused : EXIT.needsApproval;
}
