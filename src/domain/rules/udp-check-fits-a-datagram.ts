/** What a UDP check sends and expects is spelled as its encoding says, and fits one datagram on every path. */
import { datagramOf, type UdpHealthCheck } from '../health-check.js';
import type { Rule, Violation } from './rule.js';

/** Bytes: as many as fit IPv6's least MTU of 1280 with all headers. */
const LONGEST_DATAGRAM = 1_200;

export const udpCheckFitsADatagram: Rule = ({ after: { healthCheck } }) =>
  healthCheck.type === 'udp'
    ? (['payload', 'expectedReply'] as const).flatMap((field) => broken(healthCheck, field))
    : [];

function broken(check: UdpHealthCheck, name: 'payload' | 'expectedReply'): readonly Violation[] {
  const bytes = datagramOf(check[name] ?? '', check.encoding);
  if (bytes !== null && bytes.length <= LONGEST_DATAGRAM) return [];
  const field = `/healthCheck/${name}`;
  const said =
    bytes === null
      ? {
          message: `${name} is no base64.`,
          hint: 'Spell it with padding, such as "cGluZw==", or set encoding to "text".',
        }
      : {
          message: `${name} has ${bytes.length} bytes, more than a datagram carries on every path.`,
          hint: `Use at most ${LONGEST_DATAGRAM} bytes.`,
        };
  return [{ kind: 'invalid', code: 'health-check-datagram-invalid', field, ...said }];
}
