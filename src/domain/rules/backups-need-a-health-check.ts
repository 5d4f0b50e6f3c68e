/** A backup joins when others turn out not to be healthy, which nobody finds out without a check. */
import type { Rule } from './rule.js';

export const backupsNeedAHealthCheck: Rule = ({ after: { healthCheck, realServers } }) =>
  healthCheck.type !== 'none'
    ? []
    : realServers.flatMap(({ address, backup }, index) =>
        backup
          ? [
              {
                kind: 'unprocessable',
                code: 'backup-without-health-check',
                field: `/realServers/${index}/backup`,
                message: `Without a health check nobody finds out when ${address} is needed.`,
                hint: 'Set healthCheck of the virtual service, or backup to false.',
              },
            ]
          : [],
      );
