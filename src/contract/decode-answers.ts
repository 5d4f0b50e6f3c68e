/** Decodes what the control plane answers to a node's own requests. */
import { CONTRACT_FORMAT } from './documents.js';
import type { JoinAnswer } from './join.js';
import type { ReportAnswer } from './report.js';
import { POSITION_MEMBERS } from './decode-documents.js';
import { COUNTER, exactly, strictDecoder } from './strict-decoder.js';

const MOST_ADDRESSES = 1_024;

export const decodeJoinAnswer = strictDecoder<JoinAnswer>(
  exactly({
    format: { const: CONTRACT_FORMAT },
    cluster: POSITION_MEMBERS.cluster,
    nodeId: { type: 'string', minLength: 1, maxLength: 64 },
    role: { enum: ['director', 'agent'] },
    addresses: {
      type: 'array',
      maxItems: MOST_ADDRESSES,
      items: { type: 'string', format: 'canonical-address' },
    },
    credential: { type: 'string', pattern: '^hwn_[A-Za-z0-9_-]{43}$' },
  }),
);

export const decodeReportAnswer = strictDecoder<ReportAnswer>(
  exactly({ complete: { type: 'boolean' }, sequence: COUNTER }),
);
