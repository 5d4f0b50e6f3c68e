import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

const WORDS =
  'See what of the way is missing: the host up, the VIP on loopback, no rule that drops the port of the ' +
  'check, a service that does not hang, a route back that leads past the director.';

export const theHealthCheckTimesOut: Cause = {
  code: 'health-check-times-out',
  severity: 'no-traffic',
  title: 'The health check gets no answer on the VIP',
  why:
    'The packets of clients take the same way. They get lost before the service, in it, or their answers ' +
    'do on the way back.',
  find: (known) => failed(known, 'HealthViaVip', ['TimedOut', 'Unreachable']),
  fix: () =>
    onTheHost(
      remedy(WORDS, 'homeward agent doctor', 'nft list ruleset', 'ip route'),
      remedy(WORDS, 'Get-NetFirewallRule -Enabled True -Direction Inbound', 'Get-NetRoute'),
    ),
};
