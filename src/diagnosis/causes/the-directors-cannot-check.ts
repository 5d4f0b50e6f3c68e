import { unknown, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

const WORDS =
  'Do what the conditions HealthChecksAvailable of the directors say (GET /v1/nodes). Checks need the ' +
  'right to make network namespaces.';

export const theDirectorsCannotCheck: Cause = {
  code: 'health-not-checked',
  severity: 'at-risk',
  title: 'No director can tell whether the real server answers on the VIP',
  why: 'It gets packets as it did before, and would get them too if it did not answer any more.',
  find: (known) => unknown(known, 'HealthViaVip', ['NotCheckedYet', 'CouldNotAsk']),
  fix: () => anywhere('director', WORDS),
};
