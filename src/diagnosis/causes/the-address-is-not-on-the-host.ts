import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const theAddressIsNotOnTheHost: Cause = {
  code: 'address-not-on-host',
  severity: 'no-traffic',
  title: "The real server's address is not on its host",
  why: 'The director asks for the Ethernet address that belongs to it, and nobody answers, or another machine does.',
  find: (known) => failed(known, 'SameSegment', ['AddressNotOnHost']),
  fix: () => {
    const words = "Give the host that address, or correct the real server's address.";
    return onTheHost(remedy(words, 'ip -brief address'), remedy(words, 'Get-NetIPAddress'));
  },
};
