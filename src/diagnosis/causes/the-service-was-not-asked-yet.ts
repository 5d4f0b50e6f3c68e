import { isAdmitted, unknown, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const theServiceWasNotAskedYet: Cause = {
  code: 'service-not-asked-yet',
  severity: 'no-traffic',
  title: 'Nobody knows yet whether the service answers on the VIP',
  why: 'A real server gets packets of a service once the service has answered there for the first time.',
  find: (known) =>
    isAdmitted(known) ? null : unknown(known, 'ServiceAnswersOnVip', ['NotProbed', 'CouldNotAsk']),
  fix: () =>
    anywhere(
      'real-server',
      'Wait some seconds. If it stays so, see what keeps the agent from asking, and start it anew.',
    ),
};
