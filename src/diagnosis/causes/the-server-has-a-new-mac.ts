import type { Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const theServerHasANewMac: Cause = {
  code: 'server-has-new-mac',
  severity: 'at-risk',
  title: 'The real server answers by another Ethernet address than before',
  why:
    'Directors found that out within two seconds and send packets there. A new network card, a bond that failed over and a ' +
    'machine that was restored do this rightly; another machine that has taken the address does it wrongly.',
  find: ({ neighbours }) => {
    const moved = neighbours.filter(({ reason }) => reason === 'NewMac');
    if (moved.length === 0) return null;
    return {
      seen: moved.map(({ director, message }) => `${director}: ${message}`).join(' '),
      facts: { ethernetAddresses: [...new Set(moved.flatMap(({ mac }) => mac ?? []))].join(' ') },
    };
  },
  fix: () => {
    const words =
      'Compare it with the network cards of the host. If it has none with it, find the machine that has.';
    return onTheHost(remedy(words, 'ip -brief link'), remedy(words, 'Get-NetAdapter'));
  },
};
