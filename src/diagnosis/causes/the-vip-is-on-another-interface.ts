import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy, vipIn, WINDOWS_LOOPBACKS } from '../remedies.js';

export const theVipIsOnAnotherInterface: Cause = {
  code: 'vip-on-another-interface',
  severity: 'wrong-traffic',
  title: 'The VIP is on a network card of the host',
  why:
    'The host answers ARP for every address of its network cards. Clients that hear it send everything to this one ' +
    'host, past the director, and no error shows anywhere.',
  find: (known) => failed(known, 'VipBound', ['OwnAddress']),
  fix: (known) => {
    const vip = vipIn(known);
    const words = `Take ${vip} off the network card, also in the configuration of the network. The agent puts it on loopback.`;
    return onTheHost(
      remedy(
        words,
        `ip -o address show to ${vip} | awk '$2 != "lo" { print $4, "dev", $2 }' | xargs --no-run-if-empty -L 1 ip address delete`,
      ),
      remedy(
        words,
        `Get-NetIPAddress -IPAddress '${vip}' | Where-Object InterfaceIndex -notin ${WINDOWS_LOOPBACKS} | Remove-NetIPAddress -Confirm:$false`,
      ),
    );
  },
};
