/** Options that no engine has, each refused by that alone. */
import { ABLE, withServers } from '../sample-service.fake.js';
import { notEnforceable } from './not-enforceable.js';
import type { RefusedChange } from './refused-change.fake.js';
import { check } from './refused-health-checks.fake.js';

export const persistence = { type: 'source-ip', timeoutSeconds: 60, prefixLength: 24 } as const;
const notEnforced = (field: string) => ({ code: 'not-enforceable', field, kind: 'unprocessable' });

export const REFUSED_OPTIONS: readonly RefusedChange[] = [
  [
    'a stateless service where a director is older than those',
    notEnforceable,
    { flowAffinity: false },
    {},
    notEnforced('/flowAffinity'),
  ],
  [
    'a stateless service where no engine has any',
    notEnforceable,
    { flowAffinity: false },
    { abilities: [{ ...ABLE, statelessServices: false }] },
    notEnforced('/flowAffinity'),
  ],
  ['round robin', notEnforceable, { scheduler: 'round-robin' }, {}, notEnforced('/scheduler')],
  ['persistence', notEnforceable, { persistence }, {}, notEnforced('/persistence')],
  [
    'a backup where no engine has any',
    notEnforceable,
    { healthCheck: { ...check, timeoutSeconds: 2 }, ...withServers({}, { number: 12, backup: true }) },
    { abilities: [{ ...ABLE, backupServers: false }] },
    notEnforced('/realServers/1/backup'),
  ],
  [
    'a health check',
    notEnforceable,
    { healthCheck: { ...check, timeoutSeconds: 2 } },
    {},
    notEnforced('/healthCheck/type'),
  ],
  [
    'a server reached by address translation',
    notEnforceable,
    withServers({}, { number: 12, forwardingMethod: 'nat', port: 8080 }),
    {},
    notEnforced('/realServers/1/forwardingMethod'),
  ],
  [
    'a port range where no engine has them',
    notEnforceable,
    { endPort: 90 },
    { abilities: [{ ...ABLE, portRanges: false }] },
    notEnforced('/endPort'),
  ],
  [
    'UDP where no engine has it',
    notEnforceable,
    { protocol: 'udp' },
    { abilities: [{ ...ABLE, protocols: ['tcp'] }] },
    notEnforced('/protocol'),
  ],
  [
    'IPv4 where no engine has it',
    notEnforceable,
    {},
    { abilities: [{ ...ABLE, addressFamilies: ['ipv6'] }] },
    notEnforced('/address'),
  ],
];
