import { failed, type Cause } from '../cause.js';
import type { Known } from '../known.js';
import { isIpv6 } from '../../contract/canonical-address.js';
import { onTheHost, remedy, RESTART_THE_AGENT } from '../remedies.js';

/** Where the settings are not in force, the message is about them too, and that is another cause. */
function notCovered(known: Known) {
  if (!isIpv6(known.vip) && failed(known, 'ArpSettingsInForce') !== null) return failed(known, 'GuardLoaded');
  return failed(known, 'GuardLoaded') ?? failed(known, 'ArpSilent', ['NotSilent']);
}

export const theGuardDoesNotCoverTheVip: Cause = {
  code: 'guard-missing',
  severity: 'no-traffic',
  title: 'The guard does not cover the VIP',
  why:
    'It is the second lock, which keeps the host silent also where somebody changes a setting; for IPv6 it is the only ' +
    'one. A server without it gets no packets.',
  find: notCovered,
  fix: ({ vip }) =>
    onTheHost(
      remedy(
        'See that nft is installed and works, and that nothing flushes the ruleset again and again. The agent loads the guard by itself, within seconds.',
        `nft list table ${isIpv6(vip) ? 'ip6' : 'arp'} homeward`,
        ...RESTART_THE_AGENT.linux,
      ),
      remedy(
        'See that the Windows firewall runs, and that no policy removes the rules of the group Homeward. The agent makes them by itself.',
        'Get-NetFirewallRule -Group Homeward',
        ...RESTART_THE_AGENT.windows,
      ),
    ),
};
