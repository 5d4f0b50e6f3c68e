/** `homeward ctl rollback`: makes of all virtual services, or of one, what they were at a revision. */
import type { ApiClient } from '../api-client.js';
import { askPlan, sayPlan } from '../ask-plan.js';
import { findService } from '../find-object.js';
import { appliedText, type Applied } from '../output/applied-text.js';
import { inFormat, type Format } from '../output/in-format.js';
import type { Said } from '../run-ctl.js';
import { withTerms, type Terms } from '../terms.js';

export interface RollbackOptions extends Terms {
  /** The one virtual service; one that was deleted is known by its id alone. */
  readonly of?: string;
  readonly output: Format;
  readonly dryRun?: boolean;
}

export async function rollback(api: ApiClient, revision: number, options: RollbackOptions): Promise<Said> {
  const { of, output, dryRun } = options;
  const part = of === undefined ? {} : { virtualServiceId: await findService(api, of) };
  const body = { type: 'application/json', text: JSON.stringify(part) };
  const path = `/v1/revisions/${revision}/rollback`;
  const write = withTerms({ method: 'POST', path, body }, options);
  if (dryRun === true) return sayPlan(await askPlan(api, write), output);
  const applied = await api.json<Applied>(write);
  return { text: inFormat(output, applied, () => appliedText(applied)) };
}
