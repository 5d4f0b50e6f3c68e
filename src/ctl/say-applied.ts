/** Says what a change of many virtual services has done and, where somebody waits, what has come into force of it. */
import type { ApiClient, Question } from './api-client.js';
import { awaitServices, awaitStored } from './await-revision.js';
import { EXIT } from './exit-codes.js';
import { appliedText, type Applied } from './output/applied-text.js';
import { inFormat, type Format } from './output/in-format.js';
import { progressExit, progressText } from './output/progress-text.js';
import type { Said } from './run-ctl.js';

export interface SayOptions {
  readonly output: Format;
  /** Seconds; absent: nobody waits. */
  readonly wait?: number;
}

/** @param services finds those that it was about, for when nothing had to be changed. */
export async function sayApplied(
  api: ApiClient,
  applied: Applied,
  { output, wait }: SayOptions,
  services: NonNullable<Question['query']>,
): Promise<Said> {
  const { revision } = applied;
  if (wait === undefined) return { text: inFormat(output, applied, () => appliedText(applied)) };
  if (revision === null) return sayUnchanged(api, applied, { output, wait }, services);
  const progress = await awaitStored(api, revision, wait);
  const text = () => appliedText(applied) + progressText(progress);
  return { text: inFormat(output, { ...applied, progress }, text), exitCode: progressExit(progress) };
}

/** Whoever repeats a change until it is in force must not be told so because there was nothing left to change. */
async function sayUnchanged(
  api: ApiClient,
  applied: Applied,
  { output, wait }: Required<SayOptions>,
  services: NonNullable<Question['query']>,
): Promise<Said> {
  const waiting = await awaitServices(api, services, wait);
  const lacking =
    waiting === 0 ? '' : 'Not all of it is in force: homeward ctl get vs -w status.provisioning=ne:in-sync\n';
  return {
    text: inFormat(output, applied, () => appliedText(applied) + lacking),
    exitCode: waiting === 0 ? EXIT.done : EXIT.notInForce,
  };
}
