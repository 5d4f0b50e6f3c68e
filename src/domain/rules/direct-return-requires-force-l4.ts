/** Direct return works on layer 4 only: a proxy that ends the connection has to send the reply itself. */
import type { Rule } from './rule.js';

export const directReturnRequiresForceL4: Rule = ({ after }) => {
  if (after.forceL4) return [];
  return after.realServers.flatMap((server, index) =>
    server.forwardingMethod === 'direct-return'
      ? [
          {
            kind: 'unprocessable',
            code: 'direct-return-requires-force-l4',
            field: `/realServers/${index}/forwardingMethod`,
            message: `${server.address} returns directly, but the virtual service is not forced to layer 4.`,
            hint: 'Set forceL4 to true, or remove the Direct-return servers first.',
          },
        ]
      : [],
  );
};
