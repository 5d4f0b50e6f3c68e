/** Sources are grouped by leading bits of their address, and an address has only so many. */
import { addressBits, familyOf } from '../address.js';
import type { Rule } from './rule.js';

export const persistencePrefixFitsTheFamily: Rule = ({ after: { address, persistence } }) => {
  const bits = addressBits(familyOf(address));
  if (persistence === null || (persistence.prefixLength >= 1 && persistence.prefixLength <= bits)) return [];
  return [
    {
      kind: 'invalid',
      code: 'persistence-prefix-invalid',
      field: '/persistence/prefixLength',
      message: `A prefix of ${persistence.prefixLength} bits does not fit sources of ${address}.`,
      hint: `Set prefixLength to a number from 1 to ${bits}; ${bits} tells every source apart.`,
    },
  ];
};
