import type { Cause } from '../cause.js';
import { byPatch } from '../remedies.js';

export const theRealServerIsDraining: Cause = {
  code: 'server-draining',
  severity: 'no-traffic',
  title: 'The real server is draining',
  why: 'It takes no new connections; established ones go on until the drain ends.',
  find: ({ intent }) =>
    intent !== null && !intent.serverEnabled && intent.draining
      ? { seen: '`enabled` of the real server is false, and its drain is not over.' }
      : null,
  fix: (known) =>
    byPatch('Wait until the drain ends, or enable the real server again.', known, 'server', {
      enabled: true,
    }),
};
