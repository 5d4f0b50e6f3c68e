/** For every rule about health checks, changes that it alone refuses. */
import { HEALTH_CHECK_DEFAULTS } from '../health-check.js';
import { ABLE, sampleServer } from '../sample-service.fake.js';
import { backupsNeedAHealthCheck } from './backups-need-a-health-check.js';
import { healthCheckEndsBeforeTheNext } from './health-check-ends-before-the-next.js';
import { healthCheckSpeaksTheServicesProtocol } from './health-check-speaks-the-services-protocol.js';
import type { RefusedChange } from './refused-change.fake.js';
import { slowStartNeedsAHealthCheck } from './slow-start-needs-a-health-check.js';
import { udpCheckFitsADatagram } from './udp-check-fits-a-datagram.js';

const invalid = (code: string, field: string) => ({ code, field, kind: 'invalid' });
export const check = {
  type: 'tcp',
  intervalSeconds: 5,
  timeoutSeconds: 5,
  rise: 2,
  fall: 3,
  port: null,
} as const;
export const udp = { type: 'udp', ...HEALTH_CHECK_DEFAULTS.udp } as const;

export const REFUSED_HEALTH_CHECKS: readonly RefusedChange[] = [
  [
    'a health check that outlasts its interval',
    healthCheckEndsBeforeTheNext,
    { healthCheck: check },
    { abilities: [ABLE] },
    invalid('health-check-timeout-invalid', '/healthCheck/timeoutSeconds'),
  ],
  [
    'a payload that is no base64',
    udpCheckFitsADatagram,
    { protocol: 'udp', healthCheck: { ...udp, encoding: 'base64', payload: 'ping!' } },
    { abilities: [ABLE] },
    invalid('health-check-datagram-invalid', '/healthCheck/payload'),
  ],
  [
    'a reply that no datagram carries',
    udpCheckFitsADatagram,
    { protocol: 'udp', healthCheck: { ...udp, expectedReply: 'ü'.repeat(601) } },
    { abilities: [ABLE] },
    invalid('health-check-datagram-invalid', '/healthCheck/expectedReply'),
  ],
  [
    'a connection to the port of a UDP service',
    healthCheckSpeaksTheServicesProtocol,
    { protocol: 'udp', healthCheck: { ...check, timeoutSeconds: 2 } },
    { abilities: [ABLE] },
    invalid('health-check-protocol-differs', '/healthCheck/type'),
  ],
  [
    'a datagram to the port of a TCP service',
    healthCheckSpeaksTheServicesProtocol,
    { healthCheck: udp },
    { abilities: [ABLE] },
    invalid('health-check-protocol-differs', '/healthCheck/type'),
  ],
  [
    'a slow start that nothing begins',
    slowStartNeedsAHealthCheck,
    { slowStartSeconds: 30 },
    {},
    { code: 'slow-start-without-health-check', field: '/slowStartSeconds', kind: 'unprocessable' },
  ],
  [
    'a backup that nobody ever needs',
    backupsNeedAHealthCheck,
    { realServers: [sampleServer(), sampleServer({ number: 12, backup: true })] },
    { abilities: [ABLE] },
    { code: 'backup-without-health-check', field: '/realServers/1/backup', kind: 'unprocessable' },
  ],
];
