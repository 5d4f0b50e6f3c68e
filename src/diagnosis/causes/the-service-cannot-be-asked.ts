import { isAdmitted, unknown, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const theServiceCannotBeAsked: Cause = {
  code: 'service-not-asked-any-more',
  severity: 'at-risk',
  title: 'Nobody can tell any more whether the service answers on the VIP',
  why: 'The real server gets packets on the strength of what was known before, and goes on to if the service ends.',
  find: (known) =>
    isAdmitted(known) ? unknown(known, 'ServiceAnswersOnVip', ['NotProbed', 'CouldNotAsk']) : null,
  fix: () => anywhere('real-server', 'See what keeps the agent from asking, and start it anew.'),
};
