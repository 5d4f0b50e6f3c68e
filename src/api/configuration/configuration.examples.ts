/** Bodies for /docs: each can be sent as it stands. */
import type { BodyExamples } from '../http/openapi/body-examples.js';

export const APPLY_EXAMPLES: BodyExamples = {
  shop: {
    summary: 'One service with two real servers; services that are not named are deleted',
    value: {
      virtualServices: [
        {
          address: '192.0.2.200',
          protocol: 'tcp',
          port: 80,
          name: 'shop',
          tags: { env: 'prod' },
          realServers: [{ address: '192.0.2.11' }, { address: '192.0.2.12', weight: 500 }],
        },
      ],
    },
  },
};
