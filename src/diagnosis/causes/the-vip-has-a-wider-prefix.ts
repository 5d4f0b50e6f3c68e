import { failed, type Cause } from '../cause.js';
import { hostPrefix, onTheHost, remedy, vipIn, WINDOWS_LOOPBACKS } from '../remedies.js';

export const theVipHasAWiderPrefix: Cause = {
  code: 'vip-prefix-too-wide',
  severity: 'wrong-traffic',
  title: 'The VIP is on loopback with too wide a prefix',
  why: 'It makes a whole subnet local: the host takes the addresses of its neighbours for its own, and answers nobody there.',
  find: (known) => failed(known, 'VipBound', ['WiderPrefixOnLoopback']),
  fix: (known) => {
    const [vip, prefix] = [vipIn(known), hostPrefix(known)];
    const words = `Remove ${vip} with the wide prefix. The agent puts it there as /${prefix}.`;
    return onTheHost(
      remedy(
        words,
        `ip -o address show dev lo to ${vip} | awk '$4 !~ "/${prefix}$" { print $4 }' | xargs --no-run-if-empty -I % ip address delete % dev lo`,
      ),
      remedy(
        words,
        `Get-NetIPAddress -IPAddress '${vip}' | Where-Object InterfaceIndex -in ${WINDOWS_LOOPBACKS} | Where-Object PrefixLength -ne ${prefix} | Remove-NetIPAddress -Confirm:$false`,
      ),
    );
  },
};
