import { describe, expect, it } from 'vitest';
import { CommandFailed } from '../../../platform/command-runner.js';
import { TRANSACTION_LIMIT, type Step } from '../../../forwarding/batches.js';
import type { Element } from '../../../forwarding/layout.js';
import type { Nft } from './nft.js';
import { transact, type Outcome } from './transactor.js';

/** Ends what was begun when the test says so. */
class SlowNft {
  readonly begun: ('added' | 'deleted')[] = [];
  readonly ends: ((error?: Error) => void)[] = [];

  put(): Promise<boolean> {
    return Promise.resolve(false);
  }

  load(text: string): Promise<void> {
    this.begun.push(text.startsWith('delete') ? 'deleted' : 'added');
    return new Promise((resolve, reject) =>
      this.ends.push((error) => (error === undefined ? resolve() : reject(error))),
    );
  }
}

const elements = (key: string): readonly Element[] =>
  Array.from({ length: TRANSACTION_LIMIT }, (_, each) => ({
    map: 'slots',
    key: `${key} . ${each}`,
    value: '1',
  }));
const adding = (key: string): Step => ({ key, added: elements(key), deleted: [] });
const deleting = (key: string): Step => ({ key, added: [], deleted: elements(key) });
const settled = () => new Promise((done) => setTimeout(done));

function started(steps: readonly Step[]) {
  const nft = new SlowNft();
  const outcomes: Outcome[] = [];
  const run = async () => {
    for await (const each of transact(nft as unknown as Nft, steps, { haltWhenLost: true }))
      outcomes.push(each);
  };
  const over = run();
  over.catch(() => undefined);
  return { nft, outcomes, over };
}

describe('transactions that only add', () => {
  it('are two at a time, and are told of in their order', async () => {
    const { nft, outcomes, over } = started(['1', '2', '3'].map(adding));
    await settled();
    expect(nft.begun).toHaveLength(2);
    nft.ends[1]?.();
    await settled();
    expect(outcomes).toEqual([]);
    nft.ends[0]?.();
    await settled();
    expect(nft.begun).toHaveLength(3);
    nft.ends[2]?.();
    await over;
    expect(outcomes).toEqual([{ key: '1' }, { key: '2' }, { key: '3' }]);
  });

  it('end before a failure of one of them is told: nobody changes the same meanwhile', async () => {
    const { nft, over } = started(['1', '2'].map(adding));
    await settled();
    let told = false;
    over.catch(() => (told = true));
    nft.ends[0]?.(new CommandFailed(['nft'], null, 'killed'));
    await settled();
    expect(told).toBe(false);
    nft.ends[1]?.();
    await expect(over).rejects.toThrow('killed');
  });
});

it('one that deletes is alone: what goes makes room for what comes', async () => {
  const { nft, over } = started([adding('1'), deleting('2'), adding('3')]);
  for (const begun of [['added'], ['added', 'deleted'], ['added', 'deleted', 'added']]) {
    await settled();
    expect(nft.begun).toEqual(begun);
    nft.ends.at(-1)?.();
  }
  await over;
});
