/** A packet to an IPv4 VIP can be forwarded unchanged to an IPv4 host only, and so for IPv6. */
import { familyOf } from '../address.js';
import type { Rule } from './rule.js';

const WORD = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

export const addressFamiliesDiffer: Rule = ({ after }) => {
  const family = familyOf(after.address);
  return after.realServers.flatMap((server, index) =>
    familyOf(server.address) === family
      ? []
      : [
          {
            kind: 'unprocessable',
            code: 'address-families-differ',
            field: `/realServers/${index}/address`,
            message: `${server.address} is ${WORD[familyOf(server.address)]}, but the VIP ${after.address} is ${WORD[family]}.`,
            hint: `Use the ${WORD[family]} address of this real server, or make a second virtual service for the other family.`,
          },
        ],
  );
};
