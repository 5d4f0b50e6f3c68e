import { failed, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

const REASONS = ['UnexpectedStatus', 'UnexpectedBody', 'UnexpectedReply', 'NoHttp', 'TlsFailed'];
const WORDS =
  'See in the log of the service what it was asked and why it answered so. If it is as it should be, ' +
  'correct path, host, expectedStatus, expectedBody or expectedReply of the check.';

export const theHealthCheckIsAnsweredOtherwise: Cause = {
  code: 'health-check-answered-otherwise',
  severity: 'no-traffic',
  title: 'The health check gets another answer on the VIP than it expects',
  why:
    'The service is there, and what it says is not what the check calls well. Either the service fails, ' +
    'or the check asks wrongly.',
  find: (known) => failed(known, 'HealthViaVip', REASONS),
  fix: () => anywhere('real-server', WORDS),
};
