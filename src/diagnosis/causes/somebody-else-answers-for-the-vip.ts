import type { Cause } from '../cause.js';
import { onTheHost, remedy, vipIn, WINDOWS_LOOPBACKS } from '../remedies.js';

export const somebodyElseAnswersForTheVip: Cause = {
  code: 'somebody-else-answers',
  severity: 'wrong-traffic',
  title: 'Somebody who is no director answers for the VIP',
  why:
    'Clients and routers that hear it send everything there, past the director, and no error shows anywhere. It may be ' +
    'another network card of this very host; one without an agent is not let in until nobody unknown answers.',
  find: ({ strangers, vip }) => {
    if (strangers.length === 0) return null;
    const heard = strangers.map(({ director, mac, node }) =>
      node === null ? `${director} heard ${mac}` : `${director} heard ${mac}, which is ${node}`,
    );
    return {
      seen: `${heard.join('; ')}, when it asked who has ${vip}.`,
      facts: { ethernetAddresses: [...new Set(strangers.map(({ mac }) => mac))].join(' ') },
    };
  },
  fix: (known) => {
    const words =
      'Find the machine with that Ethernet address, by these commands or by the table of the switch, and take the VIP off ' +
      'it. If it is a director, let it join this control plane.';
    const find = `Get-NetIPAddress -IPAddress '${vipIn(known)}' | Where-Object InterfaceIndex -notin ${WINDOWS_LOOPBACKS}`;
    return {
      ...onTheHost(
        remedy(words, 'ip -brief link', `ip -o address show to ${vipIn(known)}`),
        remedy(words, 'Get-NetAdapter', find),
      ),
      place: 'network',
    };
  },
};
