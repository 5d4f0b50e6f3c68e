/** Says that a change takes more from directors than it may without a word of its own: what that is, and how to give it. */
import type { Failure, NeededApproval } from '../../domain/failure.js';

export function approvalRequired(needed: NeededApproval): Failure {
  return {
    kind: 'conflict',
    code: 'approval-required',
    message: messageOf(needed),
    hint: `Nothing was changed. Where it is meant, send the same request with ?approve=${needed.approve}`,
    violations: [],
    neededApproval: needed,
  };
}

function messageOf({ services, removedLately, of }: NeededApproval): string {
  const [first] = services;
  const name = first === undefined ? '' : `${first.address} ${first.protocol} ${first.port}`;
  if (first?.becomes === 'unhealthy') {
    return `${name} would go on with servers alone that a director finds dead: the last ones that it finds healthy would be taken from it.`;
  }
  if (first?.becomes === 'empty') {
    return `${name} would go on without any server: the last ones that get packets would be taken from it.`;
  }
  return `With ${name}, ${(removedLately ?? 0) + services.length} of ${of} services would be removed within ten minutes.`;
}
