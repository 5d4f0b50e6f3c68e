import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy, vipIn } from '../remedies.js';

export const theServiceListensElsewhere: Cause = {
  code: 'listens-elsewhere',
  severity: 'no-traffic',
  title: 'The service listens on another address of the host alone',
  why: "Packets keep the VIP as their destination, so the service has to listen there. A check of the host's own address is green all the while.",
  find: (known) => failed(known, 'ListensOnVip'),
  fix: (known) => {
    const words = `Let the service listen on all addresses, or on ${vipIn(known)} as well.`;
    const { port, protocol } = known.service;
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
