/** A slow start begins when a server turns healthy, which nobody finds out without a check. */
import type { Rule } from './rule.js';

export const slowStartNeedsAHealthCheck: Rule = ({ after: { healthCheck, slowStartSeconds } }) =>
  slowStartSeconds === 0 || healthCheck.type !== 'none'
    ? []
    : [
        {
          kind: 'unprocessable',
          code: 'slow-start-without-health-check',
          field: '/slowStartSeconds',
          message: 'Without a health check no real server ever comes back, so that none starts slowly.',
          hint: 'Set healthCheck, or slowStartSeconds to 0.',
        },
      ];
