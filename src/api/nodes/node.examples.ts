/** Bodies for /docs: each can be sent as it stands. */
import type { BodyExamples } from '../http/openapi/body-examples.js';

export const CREATE_EXAMPLES: BodyExamples = {
  agent: {
    summary: 'The agent of a real server',
    value: { name: 'web-1', role: 'agent', addresses: ['192.0.2.11', '2001:db8::11'] },
  },
  director: {
    summary: 'A director, with the addresses of its own host',
    value: { name: 'lb-1', role: 'director', addresses: ['192.0.2.2'] },
  },
};
