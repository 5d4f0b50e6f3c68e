import type { Cause } from '../cause.js';
import { byPatch } from '../remedies.js';

export const theRealServerDoesNotReturnDirectly: Cause = {
  code: 'not-direct-return',
  severity: 'no-traffic',
  title: 'The real server has another forwarding method than Direct return',
  why: 'Only Direct return is forwarded.',
  find: ({ intent }) =>
    intent !== null && !intent.directReturn
      ? { seen: '`forwardingMethod` of the real server is not `direct-return`.' }
      : null,
  fix: (known) =>
    byPatch('Set the forwarding method to Direct return.', known, 'server', {
      forwardingMethod: 'direct-return',
    }),
};
