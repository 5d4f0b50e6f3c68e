import { unknown, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const theHostHasNoDefaultRoute: Cause = {
  code: 'no-default-route',
  severity: 'wrong-traffic',
  title: 'The host has no default route',
  why: 'It answers clients by itself, and reaches only those of its own subnets.',
  find: (known) => unknown(known, 'DefaultRouteAvoidsDirector', ['NoDefaultRoute']),
  fix: () => {
    const words = 'Unless all clients are in subnets of the host, give it a default route to the router.';
    return onTheHost(
      remedy(words, 'ip route show default', 'ip -6 route show default'),
      remedy(words, "Get-NetRoute -DestinationPrefix '0.0.0.0/0', '::/0'"),
    );
  },
};
