/** A check that outlasts its interval would run beside the next one of the same server. */
import type { Rule } from './rule.js';

export const healthCheckEndsBeforeTheNext: Rule = ({ after: { healthCheck } }) =>
  healthCheck.type === 'none' || healthCheck.timeoutSeconds < healthCheck.intervalSeconds
    ? []
    : [
        {
          kind: 'invalid',
          code: 'health-check-timeout-invalid',
          field: '/healthCheck/timeoutSeconds',
          message: `A timeout of ${healthCheck.timeoutSeconds} s does not end within an interval of ${healthCheck.intervalSeconds} s.`,
          hint: 'Set timeoutSeconds to less than intervalSeconds.',
        },
      ];
