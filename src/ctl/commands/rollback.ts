/** `homeward ctl rollback`: makes of all virtual services, or of one, what they were at a revision. */
import type { ApiClient } from '../api-client.js';
import { askPlan, sayPlan } from '../ask-plan.js';
import { findService } from '../find-object.js';
import type { Applied } from '../output/applied-text.js';
import type { Said } from '../run-ctl.js';
import { sayApplied, type SayOptions } from '../say-applied.js';
import { withTerms, type Terms } from '../terms.js';

export interface RollbackOptions extends SayOptions, Terms {
  /** The one virtual service; one that was deleted is known by its id alone. */
  readonly of?: string;
  readonly dryRun?: boolean;
}

export async function rollback(api: ApiClient, revision: number, options: RollbackOptions): Promise<Said> {
  const { of, output, dryRun } = options;
  const id = of === undefined ? undefined : await findService(api, of);
  const part = JSON.stringify({ virtualServiceId: id });
  const body = { type: 'application/json', text: part };
  const path = `/v1/revisions/${revision}/rollback`;
  const write = withTerms({ method: 'POST', path, body }, options);
  if (dryRun === true) return sayPlan(await askPlan(api, write), output);
  const services = id === undefined ? [] : [['id', id] as const];
  return sayApplied(api, await api.json<Applied>(write), options, services);
}
