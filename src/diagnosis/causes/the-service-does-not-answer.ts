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
    const { port, page } = known.service;
    const vip = isIpv6(vipIn(known)) ? `[${vipIn(known)}]` : vipIn(known);
    // curl says by telnet whether it was let in, of any service; what it is to say there, nobody knows here.
    const question = page === null ? `telnet://${vip}:${port} < /dev/null` : `${page}://${vip}:${port}/`;
    return onTheHost(
      remedy(words, `curl --verbose ${page === 'https' ? '--insecure ' : ''}--max-time 5 ${question}`),
      remedy(words, `Test-NetConnection -ComputerName '${vipIn(known)}' -Port ${port}`),
    );
  },
};
