/** Bodies for /docs: each can be sent as it stands. */
import type { BodyExamples } from '../http/openapi/body-examples.js';
import { EXAMPLE_SERVER_ID, EXAMPLE_SERVICE_ID } from '../http/openapi/example-ids.js';

const SERVICES = '/v1/virtual-services';
const SERVICE = `${SERVICES}/${EXAMPLE_SERVICE_ID}`;

export const PLAN_EXAMPLES: BodyExamples = {
  create: {
    summary: 'What a new virtual service would come to',
    value: {
      changes: [
        {
          method: 'POST',
          path: SERVICES,
          body: {
            address: '192.0.2.203',
            port: 80,
            protocol: 'tcp',
            realServers: [{ address: '192.0.2.11' }],
          },
        },
      ],
    },
  },
  several: {
    summary: 'A server comes, another one goes: which flows would move?',
    value: {
      changes: [
        { method: 'POST', path: `${SERVICE}/real-servers`, body: { address: '192.0.2.13' } },
        { method: 'DELETE', path: `${SERVICE}/real-servers/${EXAMPLE_SERVER_ID}` },
      ],
    },
  },
};
