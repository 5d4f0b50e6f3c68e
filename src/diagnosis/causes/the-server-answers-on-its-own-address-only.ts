import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

const WORDS =
  'See that the host holds the VIP on loopback, and that the service listens on all addresses or on the ' +
  'VIP; over UDP it has to answer from the VIP.';

export const theServerAnswersOnItsOwnAddressOnly: Cause = {
  code: 'answers-on-own-address-only',
  severity: 'no-traffic',
  title: 'The real server answers the directors on its own address, and not on the VIP',
  why:
    'A client asks the VIP and gets nothing. That the service answers elsewhere shows that it runs, and ' +
    'that the network is well.',
  find: (known) => failed(known, 'HealthViaVip', ['AnswersOnOwnAddressOnly']),
  fix: () =>
    onTheHost(
      remedy(WORDS, 'homeward agent doctor', 'ss --listening --numeric --processes'),
      remedy(WORDS, 'Get-NetTCPConnection -State Listen', 'Get-NetUDPEndpoint'),
    ),
};
