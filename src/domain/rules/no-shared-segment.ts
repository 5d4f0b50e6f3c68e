/**
 * A director reaches a real server by its Ethernet address, so both must be on one layer-2 segment. What segments
 * directors are on is known from the subnets of their interfaces; before any is known, this rule cannot speak.
 */
import { familyOf, subnetContains } from '../address.js';
import { onlyIntroduced } from './only-introduced.js';
import type { Rule } from './rule.js';

export const noSharedSegment: Rule = onlyIntroduced(({ after, surroundings: { directorSubnets } }) => {
  if (directorSubnets.length === 0) return [];
  return after.realServers.flatMap(({ address }, index) =>
    directorSubnets.some((subnet) => subnetContains(subnet, address))
      ? []
      : [
          {
            kind: 'unprocessable',
            code: 'no-shared-segment',
            field: `/realServers/${index}/address`,
            message: `${address} is on no segment of a director.`,
            hint: segmentHint(directorSubnets, familyOf(address)),
          },
        ],
  );
});

function segmentHint(subnets: readonly string[], family: string): string {
  const reachable = subnets.filter((subnet) => familyOf(subnet) === family);
  return reachable.length === 0
    ? 'No director has an interface with an address of this family. Give one of them such an address.'
    : `Use an address of the real server in one of: ${reachable.join(', ')}.`;
}
