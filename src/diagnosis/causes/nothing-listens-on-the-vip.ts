import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const nothingListensOnTheVip: Cause = {
  code: 'not-listening',
  severity: 'no-traffic',
  title: 'Nothing listens on the VIP',
  why: 'The host refuses every connection to this service on the VIP, whatever it does on its own address.',
  find: (known) =>
    failed(known, 'ListensOnVip') === null ? failed(known, 'ServiceAnswersOnVip', ['Refused']) : null,
  fix: ({ service: { port, protocol } }) => {
    const words =
      'Start the service, and let it listen on all addresses or on the VIP, on exactly this port.';
    return onTheHost(
      remedy(words, `ss --listening --numeric --processes --${protocol} 'sport = :${port}'`),
      remedy(
        words,
        protocol === 'tcp'
          ? `Get-NetTCPConnection -State Listen -LocalPort ${port}`
          : `Get-NetUDPEndpoint -LocalPort ${port}`,
      ),
    );
  },
};
