import { isIpv6 } from '../../contract/canonical-address.js';
import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy, vipIn } from '../remedies.js';

const REASONS = ['NoAnswer', 'OtherStatus', 'NoHttpAnswer'];

export const theServiceDoesNotAnswer: Cause = {
  code: 'service-does-not-answer',
  severity: 'no-traffic',
  title: 'The service does not answer as it should',
  why: 'It is there, and a client would get nothing of use from it.',
  find: (known) => failed(known, 'ServiceAnswersOnVip', REASONS),
  fix: (known) => {
    const words = 'See in the log of the service itself why it hangs or fails; ask it from its own host.';
    const { port } = known.service;
    const vip = isIpv6(vipIn(known)) ? `[${vipIn(known)}]` : vipIn(known);
    return onTheHost(
      remedy(words, `curl --verbose --max-time 5 http://${vip}:${port}/`),
      remedy(words, `Test-NetConnection -ComputerName '${vipIn(known)}' -Port ${port}`),
    );
  },
};
