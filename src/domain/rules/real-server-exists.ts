/** One service names a host once: twice the same address would be two weights for one server. */
import type { Rule } from './rule.js';

export const realServerExists: Rule = ({ after }) =>
  after.realServers.flatMap(({ address }, index) =>
    after.realServers.findIndex((other) => other.address === address) === index
      ? []
      : [
          {
            kind: 'conflict',
            code: 'real-server-exists',
            field: `/realServers/${index}/address`,
            message: `This virtual service has the real server ${address} already.`,
            hint: 'Change the weight of the existing real server instead.',
          },
        ],
  );
