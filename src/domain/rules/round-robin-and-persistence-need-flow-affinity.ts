/** Turns are taken by flows, and sources stay by memory: where no flow is remembered, each packet would go elsewhere. */
import type { VirtualService } from '../virtual-service.js';
import type { Rule } from './rule.js';

export const roundRobinAndPersistenceNeedFlowAffinity: Rule = ({ after }) => {
  const needing = after.flowAffinity ? [] : thoseThatNeedIt(after);
  if (needing.length === 0) return [];
  return [
    {
      kind: 'unprocessable',
      code: 'flow-affinity-required',
      field: '/flowAffinity',
      message: `Without flow affinity nothing is remembered, which ${needing.join(' and ')} cannot do without.`,
      hint: 'Leave flowAffinity out; or use the scheduler maglev or source-hash, without persistence.',
    },
  ];
};

function thoseThatNeedIt({ scheduler, persistence }: VirtualService): readonly string[] {
  return [
    ...(scheduler === 'round-robin' ? ['the scheduler round-robin'] : []),
    ...(persistence === null ? [] : ['persistence']),
  ];
}
