/**
 * Puts steps into the kernel in as few transactions as their size allows. When one fails it is tried in halves, so
 * that only the steps that cannot be done are left out. A step is never split.
 */
import { CommandFailed } from '../../../platform/command-runner.js';
import type { ElementDifference } from './element-difference.js';
import type { Nft } from './nft.js';
import { transactionText } from './transaction-text.js';

/** Elements per transaction: nft takes about 1 kB of memory for each. */
const TRANSACTION_LIMIT = 64_000;

export interface Step extends ElementDifference {
  /** The document that it is for. */
  readonly key: string;
}

export interface Outcome {
  readonly key: string;
  /** What nft said; absent when the step is done. */
  readonly refusal?: string;
}

export async function* transact(nft: Nft, steps: Iterable<Step>): AsyncIterable<Outcome> {
  for (const batch of batches(steps)) yield* attempt(nft, batch);
}

async function* attempt(nft: Nft, steps: readonly Step[]): AsyncIterable<Outcome> {
  const refusal = await refusalOf(nft, steps);
  if (refusal === undefined) {
    yield* steps.map(({ key }) => ({ key }));
  } else if (steps.length === 1) {
    yield* steps.map(({ key }) => ({ key, refusal }));
  } else {
    const middle = Math.ceil(steps.length / 2);
    yield* attempt(nft, steps.slice(0, middle));
    yield* attempt(nft, steps.slice(middle));
  }
}

async function refusalOf(nft: Nft, steps: readonly Step[]): Promise<string | undefined> {
  const text = transactionText(steps);
  if (text === '') return undefined;
  try {
    await nft.load(text);
    return undefined;
  } catch (error) {
    if (error instanceof CommandFailed && error.exitCode === 1) return firstLine(error.stderr);
    throw error;
  }
}

function* batches(steps: Iterable<Step>): Iterable<readonly Step[]> {
  let batch: Step[] = [];
  let size = 0;
  for (const step of steps) {
    const more = step.added.length + step.deleted.length;
    if (batch.length > 0 && size + more > TRANSACTION_LIMIT) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(step);
    size += more;
  }
  if (batch.length > 0) yield batch;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
