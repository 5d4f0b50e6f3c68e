import type { Cause } from '../cause.js';
import { byPatch } from '../remedies.js';

export const theServiceIsNotForcedToLayer4: Cause = {
  code: 'not-forced-to-layer-4',
  severity: 'no-traffic',
  title: 'The service is not forced to layer 4',
  why: 'Direct return passes packets on unchanged, which is possible on layer 4 alone.',
  find: ({ intent }) =>
    intent !== null && !intent.forceL4 ? { seen: '`forceL4` of the virtual service is false.' } : null,
  fix: (known) => byPatch('Force the virtual service to layer 4.', known, 'service', { forceL4: true }),
};
