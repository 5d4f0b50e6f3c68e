import { describe, expect, it } from 'vitest';
import type { MissingNode } from './missing-nodes.js';
import { RolloutCount, type RolledOutService, type Rollout } from './rollout.js';

const director: MissingNode = {
  role: 'director',
  node: 'lb-1',
  realServer: null,
  reason: 'NotConfirmed',
  message: 'lb-1 has not confirmed it yet.',
};
const host = (realServer: string, node: string | null = null): MissingNode => ({
  role: 'agent',
  node,
  realServer,
  reason: node === null ? 'NoAgent' : 'AgentAway',
  message: 'Away.',
});

function service(id: string, missing: readonly MissingNode[], overtakenBy: number | null = null) {
  return { id, name: `name of ${id}`, overtakenBy, missing };
}

function rollout(...services: readonly RolledOutService[]): Rollout {
  const count = new RolloutCount();
  for (const each of services) count.add(each);
  return count.told();
}

describe('how far a revision is', () => {
  it.each<[Rollout['state'], readonly RolledOutService[]]>([
    ['in-force', []],
    ['in-force', [service('a', []), service('b', [])]],
    ['rolling-out', [service('a', []), service('b', [director])]],
    ['rolling-out', [service('a', [], 7), service('b', [director])]],
    ['overtaken', [service('a', []), service('b', [], 7)]],
    ['overtaken', [service('a', [director], 7)]],
  ])('is %s', (state, services) => {
    expect(rollout(...services).state).toBe(state);
  });

  it('counts each service once, and what was overtaken as neither in force nor waiting', () => {
    const told = rollout(
      service('a', []),
      service('b', [director]),
      service('c', [director], 7),
      service('d', [], 8),
    );
    expect(told.services).toEqual({ total: 4, inForce: 1, waiting: 1, overtaken: 2 });
    expect(told.reasons).toEqual([{ reason: 'NotConfirmed', services: 1 }]);
    expect(told.overtaken).toEqual([
      { virtualServiceId: 'c', name: 'name of c', revision: 7 },
      { virtualServiceId: 'd', name: 'name of d', revision: 8 },
    ]);
  });

  it('names who is behind, most services first, with the first few that it lacks', () => {
    const many = ['a', 'b', 'c', 'd'].map((id) => service(id, [director]));
    const told = rollout(service('e', [host('192.0.2.9'), host('192.0.2.8')]), ...many);
    expect(told.nodes.map(({ role, node, services }) => [role, node, services])).toEqual([
      ['director', 'lb-1', 4],
      ['agent', null, 1],
      ['agent', null, 1],
    ]);
    expect(told.nodes[0]?.first.map(({ virtualServiceId }) => virtualServiceId)).toEqual(['a', 'b', 'c']);
    expect(told.nodes[1]?.first).toEqual([
      {
        virtualServiceId: 'e',
        name: 'name of e',
        realServer: '192.0.2.9',
        reason: 'NoAgent',
        message: 'Away.',
      },
    ]);
    expect(told.reasons).toEqual([
      { reason: 'NotConfirmed', services: 4 },
      { reason: 'NoAgent', services: 1 },
    ]);
  });

  it('counts a service once for a host that lacks several real servers of it', () => {
    const told = rollout(service('a', [host('192.0.2.9', 'web-1'), host('192.0.2.8', 'web-1')]));
    expect(told.nodes).toMatchObject([{ node: 'web-1', services: 1, first: [{}, {}] }]);
    expect(told.reasons).toEqual([{ reason: 'AgentAway', services: 1 }]);
  });

  it('names a hundred nodes at most, and says how many more there are', () => {
    const told = rollout(
      ...Array.from({ length: 103 }, (_, index) => service(`s${index}`, [host(`h${index}`)])),
    );
    expect([told.nodes.length, told.nodesLeftOut]).toEqual([100, 3]);
  });
});
