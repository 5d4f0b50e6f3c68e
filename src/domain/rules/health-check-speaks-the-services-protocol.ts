/**
 * A check on the service's own port speaks the service's protocol: a connection says nothing of a UDP service. On a port
 * of its own it may speak another.
 */
import type { Rule } from './rule.js';

export const healthCheckSpeaksTheServicesProtocol: Rule = ({ after: { healthCheck, protocol, port } }) => {
  if (healthCheck.type === 'none' || healthCheck.port !== null) return [];
  const spoken = healthCheck.type === 'udp' ? 'udp' : 'tcp';
  if (spoken === protocol) return [];
  return [
    {
      kind: 'invalid',
      code: 'health-check-protocol-differs',
      field: '/healthCheck/type',
      message: `A check of type ${healthCheck.type} speaks ${spoken}, and the service on port ${port} is ${protocol}.`,
      hint: `Use a check that speaks ${protocol}, or name the port to be checked in healthCheck.port.`,
    },
  ];
};
