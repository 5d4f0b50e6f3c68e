import { failed, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

const WORDS =
  'See whether the way from the director to these servers is good, and whether what the check asks for ' +
  'is right. Servers that are really down can be disabled.';

export const thePanicGuardKeepsTheServer: Cause = {
  code: 'kept-by-panic-guard',
  severity: 'wrong-traffic',
  title: 'The real server does not answer, and is kept because most of its service fell at once',
  why:
    'That so many fall together is rather the fault of the check or of the way from the director. If it ' +
    'is not, their share of the clients gets no answer.',
  find: (known) => failed(known, 'HealthViaVip', ['KeptByPanicGuard']),
  fix: () => anywhere('director', WORDS),
};
