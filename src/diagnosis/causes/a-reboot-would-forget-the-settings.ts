import { failed, type Cause } from '../cause.js';
import { isIpv6 } from '../../contract/canonical-address.js';
import { onTheHost, remedy, RESTART_THE_AGENT } from '../remedies.js';

export const aRebootWouldForgetTheSettings: Cause = {
  code: 'settings-not-kept',
  severity: 'at-risk',
  title: 'The ARP settings would not survive a reboot by themselves',
  why: 'After a reboot they hang on the boot unit of the agent alone, and on its state directory.',
  find: (known) => (isIpv6(known.vip) ? null : failed(known, 'ArpSettingsKept')),
  fix: () =>
    onTheHost(
      remedy(
        'See that /etc/sysctl.d is there and that the agent may write to it.',
        'ls -ld /etc/sysctl.d /etc/sysctl.d/*homeward*',
        ...RESTART_THE_AGENT.linux,
      ),
      remedy('Windows keeps its settings. There is nothing to do.'),
    ),
};
