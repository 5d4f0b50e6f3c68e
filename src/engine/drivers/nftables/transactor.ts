/**
 * Puts steps into the kernel in as few transactions as their size allows. When one fails, nft names the lines that
 * cannot be done; the steps of these lines are left out and the rest is tried again, together: steps may need each
 * other, such as two services that swap their ports. A step is never split.
 */
import { CommandFailed } from '../../../platform/command-runner.js';
import { batches, type Step } from '../../../forwarding/batches.js';
import { firstMessage } from './first-message.js';
import type { Nft } from './nft.js';
import { separateText, transactionText } from '../../../forwarding/transaction-text.js';

/**
 * So many transactions are on their way at once, as long as nothing is deleted: what nft makes of its text takes longer than what
 * the kernel makes of the transaction, and the kernel takes one at a time.
 */
const ABREAST = 2;

/** How often the refused steps are tried once more, because others made room for them. */
const SECOND_CHANCES = 3;

/** ENOENT: table, chain or element is not there. No document can bring this about, only somebody's hand. */
const LOST = 'No such file or directory';

export interface Outcome {
  readonly key: string;
  /** What nft said; absent when the step is done. */
  readonly refusal?: string;
  /** The kernel lost what we put there: nothing is gained by trying the steps in other ways. */
  readonly lost?: true;
}

export interface TransactOptions {
  /** Leave a batch alone when it shows that the kernel lost something. */
  readonly haltWhenLost: boolean;
}

export async function* transact(
  nft: Nft,
  steps: Iterable<Step>,
  options: TransactOptions,
): AsyncIterable<Outcome> {
  const running: Promise<readonly Outcome[]>[] = [];
  try {
    for (const batch of batches(steps)) {
      const alone = batch.some(({ deleted }) => deleted.length > 0);
      while (running.length > (alone ? 0 : ABREAST - 1)) yield* (await running.shift()) ?? [];
      const outcomes = allOf(attempt(nft, batch, options));
      // Whoever waits for its turn is told of a failure; until then it is no unhandled one.
      outcomes.catch(() => undefined);
      running.push(outcomes);
      if (alone) yield* (await running.shift()) ?? [];
    }
    while (running.length > 0) yield* (await running.shift()) ?? [];
  } finally {
    await Promise.allSettled(running);
  }
}

async function allOf(outcomes: AsyncIterable<Outcome>): Promise<readonly Outcome[]> {
  const all: Outcome[] = [];
  for await (const each of outcomes) all.push(each);
  return all;
}

async function* attempt(
  nft: Nft,
  steps: readonly Step[],
  { haltWhenLost }: TransactOptions,
): AsyncIterable<Outcome> {
  const complaint = (await nft.put(steps)) ? undefined : await complaintOf(nft, transactionText(steps));
  if (complaint === undefined) yield* steps.map(({ key }) => ({ key }));
  else if (haltWhenLost && complaint.includes(LOST)) {
    yield* steps.map(({ key }) => ({ key, refusal: LOST, lost: true as const }));
  } else if (steps.length === 1) yield* refused(steps, complaint);
  else yield* siftAgain(nft, steps);
}

/** Sifts, and then the refused ones once more as long as that gets more of them in. */
async function* siftAgain(nft: Nft, steps: readonly Step[]): AsyncIterable<Outcome> {
  let left: readonly Step[] = steps;
  let refusals: readonly Outcome[] = [];
  for (let chance = 0; chance <= SECOND_CHANCES && left.length > 0; chance++) {
    const tried = left.length;
    refusals = [];
    for await (const outcome of sift(nft, left)) {
      if (outcome.refusal === undefined) yield outcome;
      else refusals = [...refusals, outcome];
    }
    const keys = new Set(refusals.map(({ key }) => key));
    left = left.filter(({ key }) => keys.has(key));
    if (left.length === tried) break;
  }
  yield* refusals;
}

/** Leaves out what nft complains of until the rest goes in. */
async function* sift(nft: Nft, steps: readonly Step[]): AsyncIterable<Outcome> {
  let rest = steps;
  while (rest.length > 0) {
    const { text, owners } = separateText(rest);
    const complaint = await complaintOf(nft, text);
    if (complaint === undefined) {
      yield* rest.map(({ key }) => ({ key }));
      return;
    }
    const culprits = culpritsIn(complaint, owners);
    if (culprits.size === 0) {
      yield* inHalves(nft, rest, complaint);
      return;
    }
    yield* [...culprits].map(([index, refusal]) => ({ key: rest[index]?.key ?? '', refusal }));
    rest = rest.filter((_, index) => !culprits.has(index));
  }
}

/** For a complaint that names no line. */
async function* inHalves(nft: Nft, steps: readonly Step[], complaint: string): AsyncIterable<Outcome> {
  if (steps.length === 1) {
    yield* refused(steps, complaint);
    return;
  }
  const middle = Math.ceil(steps.length / 2);
  yield* sift(nft, steps.slice(0, middle));
  yield* sift(nft, steps.slice(middle));
}

function refused(steps: readonly Step[], complaint: string): readonly Outcome[] {
  return steps.map(({ key }) => ({ key, refusal: firstMessage(complaint) }));
}

/** `/dev/stdin:3:26-43: Error: Could not process rule: File exists` */
const LOCATED = /^\/dev\/stdin:(\d+):\S+ Error: (.*)$/gm;

/** What is said of each step, by its index. */
function culpritsIn(complaint: string, owners: readonly number[]): ReadonlyMap<number, string> {
  const culprits = new Map<number, string>();
  for (const [, line, message] of complaint.matchAll(LOCATED)) {
    const owner = owners[Number(line) - 1];
    if (owner !== undefined && !culprits.has(owner)) culprits.set(owner, message ?? '');
  }
  return culprits;
}

/** What nft said, or undefined when it did it. */
async function complaintOf(nft: Nft, text: string): Promise<string | undefined> {
  if (text === '') return undefined;
  try {
    await nft.load(text);
    return undefined;
  } catch (error) {
    if (error instanceof CommandFailed && error.exitCode === 1) return error.stderr;
    throw error;
  }
}
