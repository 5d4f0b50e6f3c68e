import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

const WORDS =
  'See that the service runs, and that it listens on all addresses or on the VIP, on the port that the ' +
  'check asks.';

export const theHealthCheckIsRefused: Cause = {
  code: 'health-check-refused',
  severity: 'no-traffic',
  title: 'The health check is refused on the VIP',
  why:
    'The packets arrive, and nothing listens where they are sent to: not on the VIP, or not on the port ' +
    'of the check.',
  find: (known) => failed(known, 'HealthViaVip', ['Refused']),
  fix: () =>
    onTheHost(
      remedy(WORDS, 'homeward agent doctor', 'ss --listening --numeric --processes'),
      remedy(WORDS, 'Get-NetTCPConnection -State Listen', 'Get-NetUDPEndpoint'),
    ),
};
