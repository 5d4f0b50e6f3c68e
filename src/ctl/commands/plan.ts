/** `homeward ctl plan`: what a configuration, or a batch of writes, would do. */
import { parse } from 'yaml';
import type { ApiClient } from '../api-client.js';
import { askPlan, sayPlan } from '../ask-plan.js';
import { configurationWrite } from '../configuration-write.js';
import type { Plan } from '../output/plan-text.js';
import { readInput, type Input } from '../read-input.js';
import type { Said } from '../run-ctl.js';
import { UsageError } from '../usage-error.js';
import type { DiffOptions } from './configuration.js';

/** A file with `changes` is a batch of writes, as `POST /v1/plans` takes them; any other a configuration. */
export async function plan(api: ApiClient, { file, tag, output }: DiffOptions): Promise<Said> {
  const input = await readInput(file);
  const batch = batchIn(input);
  if (batch === undefined) return sayPlan(await askPlan(api, configurationWrite(input, tag)), output);
  if (tag.length > 0) throw new UsageError('--tag is for configurations, and this is a batch of writes');
  const body = { type: 'application/json', text: JSON.stringify(batch) };
  return sayPlan(await api.json<Plan>({ method: 'POST', path: '/v1/plans', body }), output);
}

function batchIn({ text }: Input): object | undefined {
  const content = parsed(text);
  return typeof content === 'object' && content !== null && 'changes' in content ? content : undefined;
}

/** What cannot be read is sent as it is: the API says where it is wrong. */
function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}
