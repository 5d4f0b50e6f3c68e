import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const theHostWouldSendPacketsBack: Cause = {
  code: 'router-loop',
  severity: 'wrong-traffic',
  title: 'The host forwards packets and does not hold the VIP',
  why:
    'It sends packets for the VIP back to the director, which sends them here again, until their TTL ends: about sixty ' +
    'frames for each one.',
  find: (known) => failed(known, 'NotARouterLoop'),
  fix: () =>
    onTheHost(
      remedy(
        'Switch forwarding off, unless the host is a router on purpose. Then mend why the VIP is not held.',
        'sysctl -w net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0',
      ),
      remedy(
        'Switch forwarding off, unless the host is a router on purpose. Then mend why the VIP is not held.',
        'Get-NetIPInterface | Where-Object Forwarding -eq Enabled | Set-NetIPInterface -Forwarding Disabled',
      ),
    ),
};
