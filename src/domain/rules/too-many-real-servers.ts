/** A document, a page and a transaction hold all servers of a service: their number must have an end. */
import type { Rule } from './rule.js';

const MOST_REAL_SERVERS = 1_000;

export const tooManyRealServers: Rule = ({ after }) => {
  if (after.realServers.length <= MOST_REAL_SERVERS) return [];
  return [
    {
      kind: 'unprocessable',
      code: 'too-many-real-servers',
      field: '/realServers',
      message: `A virtual service has at most ${MOST_REAL_SERVERS} real servers; this would be ${after.realServers.length}.`,
      hint: 'Spread them over several virtual services, or remove some.',
    },
  ];
};
