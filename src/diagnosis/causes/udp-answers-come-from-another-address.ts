import { failed, type Cause } from '../cause.js';
import { anywhere, vipIn } from '../remedies.js';

export const udpAnswersComeFromAnotherAddress: Cause = {
  code: 'udp-answers-from-elsewhere',
  severity: 'no-traffic',
  title: 'The service answers UDP from another address than the VIP',
  why: 'A client drops an answer that does not come from the address that it asked. A server bound to all addresses answers from the one that its host would choose.',
  find: (known) => failed(known, 'ServiceAnswersOnVip', ['OtherSource']),
  fix: (known) =>
    anywhere(
      'real-server',
      `Bind the service to ${vipIn(known)} by itself, or let it answer from the address that was asked (IP_PKTINFO, IPV6_RECVPKTINFO).`,
    ),
};
