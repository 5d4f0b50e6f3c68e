import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy, vipIn } from '../remedies.js';

export const somethingTakesTheVipAway: Cause = {
  code: 'vip-taken-away',
  severity: 'no-traffic',
  title: 'Something on the host takes the VIP away again and again',
  why: 'The agent does not fight: it waits longer each time before it puts the VIP back, and until then the host drops its packets.',
  find: (known) => failed(known, 'VipBound', ['DriftPersists']),
  fix: (known) => {
    const words =
      'Find the program that does it (a network manager, configuration management, a script), and have it leave loopback alone.';
    return onTheHost(
      remedy(words, 'ip monitor address'),
      remedy(words, `Get-NetIPAddress -IPAddress '${vipIn(known)}'`),
    );
  },
};
