import type { Cause } from '../cause.js';
import { byPatch } from '../remedies.js';

export const theVirtualServiceIsDisabled: Cause = {
  code: 'service-disabled',
  severity: 'no-traffic',
  title: 'The virtual service is disabled',
  why: 'Directors forward nothing of a service that is disabled.',
  find: ({ intent }) =>
    intent !== null && !intent.serviceEnabled ? { seen: '`enabled` of the virtual service is false.' } : null,
  fix: (known) =>
    byPatch('Enable the virtual service, if it shall be used.', known, 'service', { enabled: true }),
};
