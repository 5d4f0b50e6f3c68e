/** Bodies for /docs: each can be sent as it stands. */
import type { BodyExamples } from '../http/openapi/body-examples.js';

export const PATCH_EXAMPLES: BodyExamples = {
  weight: { summary: 'Half its share of new flows', value: { weight: 500 } },
  drain: { summary: 'Drain it: established connections go on for a while', value: { enabled: false } },
};
