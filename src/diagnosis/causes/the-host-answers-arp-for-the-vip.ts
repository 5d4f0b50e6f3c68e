import { failed, type Cause } from '../cause.js';
import { isIpv6 } from '../../contract/canonical-address.js';
import { onTheHost, remedy, RESTART_THE_AGENT } from '../remedies.js';

const WORDS =
  'Set these, and see what sets them otherwise: another file of sysctl.d, a network manager, configuration management. ' +
  'The agent sets `all` and `default` by itself.';

export const theHostAnswersArpForTheVip: Cause = {
  code: 'host-answers-arp',
  severity: 'wrong-traffic',
  title: 'The host would answer or announce ARP for the VIP',
  why:
    'Clients and routers that hear it send everything to this one host, past the director, and no error shows anywhere. ' +
    'The host holds no VIP, and gets no packets, before that is mended.',
  find: (known) => (isIpv6(known.vip) ? null : failed(known, 'ArpSettingsInForce')),
  fix: () =>
    onTheHost(
      remedy(
        WORDS,
        'for file in /proc/sys/net/ipv4/conf/*/arp_ignore; do echo 1 > "$file"; done',
        'for file in /proc/sys/net/ipv4/conf/*/arp_announce; do echo 2 > "$file"; done',
      ),
      remedy(
        'Windows keeps silent when the VIP is on a KM-TEST loopback adapter. See what differs, and start the agent anew.',
        'homeward agent verify',
        ...RESTART_THE_AGENT.windows,
      ),
    ),
};
