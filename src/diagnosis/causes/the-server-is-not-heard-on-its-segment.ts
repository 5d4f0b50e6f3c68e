import type { Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const theServerIsNotHeardOnItsSegment: Cause = {
  code: 'server-not-heard',
  severity: 'no-traffic',
  title: 'The real server does not answer when a director asks for its Ethernet address',
  why: 'A director cannot send packets to it: its share of the connections hangs, and no error shows on the host.',
  find: ({ neighbours }) => {
    const silent = neighbours.filter(({ reason }) => reason === 'NotHeard');
    if (silent.length === 0) return null;
    return { seen: silent.map(({ director, message }) => `${director}: ${message}`).join(' ') };
  },
  fix: () => {
    const words =
      'See that the host is up, and that its network card is, with this address, in the same VLAN as the director; see its ' +
      'cable and the port of the switch.';
    return onTheHost(
      remedy(words, 'ip -brief link', 'ip -brief address'),
      remedy(words, 'Get-NetAdapter', 'Get-NetIPAddress'),
    );
  },
};
