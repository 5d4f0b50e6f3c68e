import { failed, type Cause } from '../cause.js';
import { isIpv6 } from '../../contract/canonical-address.js';
import { onTheHost, remedy, vipIn } from '../remedies.js';

export const theFirewallDropsTheService: Cause = {
  code: 'firewall-drops',
  severity: 'no-traffic',
  title: "The host's firewall drops the service",
  why: 'Packets keep the VIP as their destination, and a rule that lets the own address in does not match them.',
  find: (known) => failed(known, 'FirewallAllows'),
  fix: (known) => {
    const { service } = known;
    const [vip, ports] = [vipIn(known), portsOf(service.port, service.endPort)];
    const match = `${isIpv6(vip) ? 'ip6' : 'ip'} daddr ${vip} ${service.protocol} dport ${ports}`;
    return onTheHost(
      remedy(
        `Put a rule that accepts ${match} before the one that drops it, in the file that the firewall is loaded from.`,
        'nft --handle list ruleset',
      ),
      remedy(
        'The agent lets the service in, and a rule that blocks wins over that: narrow it or remove it. Where a profile takes no rules (AllowInboundRules), have it take them.',
        'Get-NetFirewallRule -PolicyStore ActiveStore -Enabled True -Direction Inbound -Action Block',
        'Get-NetFirewallProfile -PolicyStore ActiveStore',
      ),
    );
  },
};

function portsOf(first: number, last: number): string {
  return first === last ? `${first}` : `${first}-${last}`;
}
