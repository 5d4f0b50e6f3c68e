/** A VIP that is a node's or a gateway's own address would cut that host off as soon as real servers hold it. */
import { onlyIntroduced } from './only-introduced.js';
import type { Rule } from './rule.js';

export const addressIsANode: Rule = onlyIntroduced(({ after, surroundings }) =>
  surroundings.nodeAddresses
    .filter((taken) => taken.address === after.address)
    .map(({ address, description }) => ({
      kind: 'unprocessable',
      code: 'address-is-a-node',
      field: '/address',
      message: `${address} is the address of ${description}.`,
      hint: 'Use an address as the VIP that no host has as its own.',
    })),
);
