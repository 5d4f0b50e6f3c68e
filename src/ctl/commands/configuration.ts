/** `homeward ctl export`, `apply` and `diff`: all virtual services that there shall be, as one file. */
import type { ApiClient } from '../api-client.js';
import { CONFIGURATION_PATH, configurationWrite } from '../configuration-write.js';
import { tagQuery } from '../filter-query.js';
import { askPlan, sayPlan } from '../ask-plan.js';
import { EXIT } from '../exit-codes.js';
import type { Applied } from '../output/applied-text.js';
import { changesText } from '../output/change-text.js';
import { inFormat, type Format } from '../output/in-format.js';
import { readInput } from '../read-input.js';
import type { Said } from '../run-ctl.js';
import { sayApplied, type SayOptions } from '../say-applied.js';
import { withTerms, type Terms } from '../terms.js';

interface Part {
  /** The part with these tags alone. */
  readonly tag: readonly string[];
}

export interface ExportOptions extends Part {
  readonly output: 'json' | 'yaml';
  readonly revision?: number;
}

export interface DiffOptions extends Part {
  readonly file: string;
  readonly output: Format;
}

export interface ApplyOptions extends DiffOptions, SayOptions, Terms {
  readonly dryRun?: boolean;
}

export async function exportConfiguration(api: ApiClient, options: ExportOptions): Promise<Said> {
  const { tag, output, revision } = options;
  const past = revision === undefined ? [] : [['revision', String(revision)] as const];
  const query = [...tagQuery(tag), ...past];
  return {
    text: await api.text({ path: CONFIGURATION_PATH, query, headers: { Accept: `application/${output}` } }),
  };
}

export async function apply(api: ApiClient, options: ApplyOptions): Promise<Said> {
  const write = withTerms(configurationWrite(await readInput(options.file), options.tag), options);
  if (options.dryRun === true) return sayPlan(await askPlan(api, write), options.output);
  return sayApplied(api, await api.json<Applied>(write), options, tagQuery(options.tag));
}

/** Ends as the program of this name does. */
export async function diff(api: ApiClient, options: DiffOptions): Promise<Said> {
  const { changes } = await askPlan(api, configurationWrite(await readInput(options.file), options.tag));
  const text = inFormat(options.output, { changes }, () => changesText(changes));
  return { text, exitCode: changes.length === 0 ? EXIT.done : EXIT.differs };
}
