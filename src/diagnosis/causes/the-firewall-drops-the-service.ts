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
        'Let the service in. A rule that blocks it wins over this one: switch such a rule off as well.',
        `New-NetFirewallRule -DisplayName 'VIP ${vip} ${ports}' -Direction Inbound -LocalAddress '${vip}' -Protocol ${service.protocol} -LocalPort ${ports}`,
        'Get-NetFirewallRule -Enabled True -Direction Inbound -Action Block',
      ),
    );
  },
};

function portsOf(first: number, last: number): string {
  return first === last ? `${first}` : `${first}-${last}`;
}
