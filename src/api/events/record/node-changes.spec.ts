import { describe, expect, it } from 'vitest';
import { isSameNode, nodeChanges, reachOf, toldNode, type SeenNode } from './node-changes.js';

const node = (changes: Partial<SeenNode> = {}): SeenNode => ({
  state: 'connected',
  conditions: [{ type: 'Disk', status: 'True', reason: 'Room', message: 'Much.', lastTransitionAt: null }],
  drift: { total: 0, latest: [] },
  lastSeenAt: new Date(0),
  epoch: 1,
  version: 5,
  rest: 'x',
  ...changes,
});

const drifted = (thing: string, lastAt: string) => {
  return { thing, found: '0', wanted: '1', firstAt: lastAt, lastAt, count: 1, repaired: true };
};

describe('what there is to tell of a node', () => {
  it.each([
    ['connected', 'node.connected'],
    ['away', 'node.lost'],
    ['leaving', 'node.leaving'],
    ['left', 'node.left'],
  ] as const)('that is %s now is %s', (state, type) => {
    const before = toldNode(node({ state: state === 'away' ? 'connected' : 'away' }));
    expect(nodeChanges(before, node({ state })).map((change) => change.type)).toEqual([type]);
    expect(nodeChanges(toldNode(node({ state })), node({ state }))).toEqual([]);
  });

  it('that has not joined, or joins, is nothing: the history tells of that', () => {
    expect(nodeChanges(null, node({ state: 'waiting-to-join' }))).toEqual([]);
  });

  it('is each condition that has changed', () => {
    const conditions = [
      { type: 'Disk', status: 'False', reason: 'Full', message: 'No.', lastTransitionAt: null },
    ] as const;
    const [change] = nodeChanges(toldNode(node()), node({ conditions }));
    expect(change).toMatchObject({
      type: 'node.condition-changed',
      condition: 'Disk',
      after: { message: 'No.' },
    });
  });

  it('is what was undone since, also where the node has counted anew', () => {
    const old = drifted('a', '2026-01-01T00:00:00.000Z');
    const fresh = drifted('b', '2026-01-02T00:00:00.000Z');
    const before = toldNode(node({ drift: { total: 4, latest: [old] } }));
    for (const total of [5, 1]) {
      const [change] = nodeChanges(before, node({ drift: { total, latest: [fresh, old] } }));
      expect(change).toMatchObject({
        type: 'node.drifted',
        before: { total: 4 },
        after: { total, latest: [fresh] },
      });
    }
    expect(nodeChanges(before, node({ drift: { total: 0, latest: [] } }))).toEqual([]);
  });
});

describe('the services that a node concerns', () => {
  it('are all where it comes, goes, or its host is another', () => {
    const before = toldNode(node());
    expect(reachOf(null, node())).toBe('all');
    for (const changes of [{ state: 'away' }, { rest: 'y' }, { epoch: 2 }] as const) {
      expect(reachOf(before, node(changes))).toBe('all');
    }
  });

  it('are those of the documents that it has newly confirmed', () => {
    expect(reachOf(toldNode(node()), node({ version: 9 }))).toEqual({ from: 5, to: 9 });
  });

  it('are none where it says the same again', () => {
    expect(reachOf(toldNode(node()), node())).toBe('none');
  });
});

it('what is kept of a node is the same after JSON, in whatever order', () => {
  const { conditions, ...rest } = toldNode(node());
  expect(isSameNode({ conditions, ...rest }, toldNode(node({ lastSeenAt: new Date(9) })))).toBe(true);
  expect(isSameNode(toldNode(node()), toldNode(node({ version: 6 })))).toBe(false);
});
