import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const theDefaultRouteLeadsThroughTheDirector: Cause = {
  code: 'default-route-through-director',
  severity: 'wrong-traffic',
  title: "The host's default route leads through the director",
  why: 'Answers then cross the director, which Direct return is to spare it. It holds the VIP itself, and drops packets that come from its own address.',
  find: (known) => failed(known, 'DefaultRouteAvoidsDirector', ['ThroughDirector']),
  fix: () => {
    const words =
      'Let the default route of the host lead to the router, also in the configuration of the network.';
    return onTheHost(
      remedy(words, 'ip route show default', 'ip -6 route show default'),
      remedy(words, "Get-NetRoute -DestinationPrefix '0.0.0.0/0', '::/0'"),
    );
  },
};
