/** Bodies for /docs: each can be sent as it stands. */
import type { BodyExamples } from '../http/openapi/body-examples.js';
import { EXAMPLE_SERVER_ID } from '../http/openapi/example-ids.js';

export const ATTACH_EXAMPLES: BodyExamples = {
  plain: { summary: 'An address is all it needs', value: { address: '192.0.2.13' } },
  backup: {
    summary: 'One that stands in when too few are healthy',
    value: { address: '192.0.2.13', weight: 500, backup: true },
  },
  'without-agent': {
    summary: 'A host without an agent, whose VIP somebody sets up and attests',
    value: { address: '192.0.2.13', managed: false },
  },
};

export const PATCH_EXAMPLES: BodyExamples = {
  weight: { summary: 'Half its share of new flows', value: { weight: 500 } },
  drain: { summary: 'Drain it: established connections go on for a while', value: { enabled: false } },
};

export const REPLACE_EXAMPLES: BodyExamples = {
  exchange: {
    summary: 'One stays, one comes; who is not named goes',
    value: { realServers: [{ address: '192.0.2.11' }, { address: '192.0.2.13', weight: 500 }] },
  },
};

export const BULK_EXAMPLES: BodyExamples = {
  create: {
    summary: 'Two more',
    value: { create: [{ address: '192.0.2.13' }, { address: '192.0.2.14', weight: 500 }] },
  },
  exchange: {
    summary: 'One comes, another one is drained',
    value: {
      create: [{ address: '192.0.2.13' }],
      patch: [{ id: EXAMPLE_SERVER_ID, enabled: false }],
    },
  },
  delete: { summary: 'One goes', value: { delete: [{ id: EXAMPLE_SERVER_ID }] } },
};
