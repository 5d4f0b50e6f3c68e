import type { Cause } from '../cause.js';
import { byPatch } from '../remedies.js';

export const theRealServerIsDisabled: Cause = {
  code: 'server-disabled',
  severity: 'no-traffic',
  title: 'The real server is disabled',
  why: 'Directors send nothing to a real server that is disabled.',
  find: ({ intent }) =>
    intent !== null && !intent.serverEnabled && !intent.draining
      ? { seen: '`enabled` of the real server is false.' }
      : null,
  fix: (known) => byPatch('Enable the real server, if it shall be used.', known, 'server', { enabled: true }),
};
