import type { Cause } from '../cause.js';
import { byPatch } from '../remedies.js';

const USUAL_WEIGHT = 1000;

export const theRealServerHasWeightZero: Cause = {
  code: 'server-weight-zero',
  severity: 'no-traffic',
  title: 'The real server has weight 0',
  why: 'A weight of 0 takes no new connections; only those go on that were there before.',
  find: ({ intent }) => (intent?.weight === 0 ? { seen: '`weight` of the real server is 0.' } : null),
  fix: (known) =>
    byPatch('Give the real server a weight above 0, if it shall take connections.', known, 'server', {
      weight: USUAL_WEIGHT,
    }),
};
