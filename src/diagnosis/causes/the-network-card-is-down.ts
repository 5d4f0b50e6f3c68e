import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const theNetworkCardIsDown: Cause = {
  code: 'interface-down',
  severity: 'no-traffic',
  title: "The network card with the real server's address is down",
  why: 'No frame of the director reaches the host: its share of the connections hangs.',
  find: (known) => failed(known, 'SameSegment', ['InterfaceDown']),
  fix: () => {
    const words = 'Set the network card up, and see to its cable and the port of the switch.';
    return onTheHost(remedy(words, 'ip -brief link'), remedy(words, 'Get-NetAdapter'));
  },
};
