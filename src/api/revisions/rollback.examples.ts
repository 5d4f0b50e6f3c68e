/** Bodies for /docs: each can be sent as it stands. */
import type { BodyExamples } from '../http/openapi/body-examples.js';
import { EXAMPLE_SERVICE_ID } from '../http/openapi/example-ids.js';

export const ROLLBACK_EXAMPLES: BodyExamples = {
  everything: { summary: 'All virtual services', value: {} },
  'one-service': {
    summary: 'One virtual service, with its real servers',
    value: { virtualServiceId: EXAMPLE_SERVICE_ID },
  },
};
