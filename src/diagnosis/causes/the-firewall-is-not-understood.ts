import { unknown, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

const REASONS = ['DependsOnMore', 'LegacyTables', 'LocalRulesIgnored', 'NotReadable', 'RuleNotInForce'];

export const theFirewallIsNotUnderstood: Cause = {
  code: 'firewall-not-understood',
  severity: 'at-risk',
  title: 'Whether the firewall lets the service in cannot be told',
  why: 'It may drop packets of some clients, or of all.',
  find: (known) => unknown(known, 'FirewallAllows', REASONS),
  fix: () =>
    onTheHost(
      remedy(
        'Read the rules yourself, with the VIP as the destination in mind.',
        'nft list ruleset',
        'iptables-legacy -S',
      ),
      remedy(
        'Read the rules yourself, with the VIP as the destination in mind.',
        'Get-NetFirewallProfile -PolicyStore ActiveStore',
        'Get-NetFirewallRule -PolicyStore ActiveStore -Enabled True -Direction Inbound -Action Block',
      ),
    ),
};
