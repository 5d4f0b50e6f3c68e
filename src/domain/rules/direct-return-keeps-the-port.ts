/** With Direct return packets are forwarded unchanged, so a real server is reached on the port that clients use. */
import type { Rule } from './rule.js';

export const directReturnKeepsThePort: Rule = ({ after }) =>
  after.realServers.flatMap((server, index) =>
    server.forwardingMethod === 'direct-return' && server.port !== null && server.port !== after.port
      ? [
          {
            kind: 'unprocessable',
            code: 'direct-return-keeps-the-port',
            field: `/realServers/${index}/port`,
            message: `${server.address} has port ${server.port}, but packets arrive unchanged on port ${after.port}.`,
            hint: `Leave the port of the real server out, or set it to ${after.port}.`,
          },
        ]
      : [],
  );
