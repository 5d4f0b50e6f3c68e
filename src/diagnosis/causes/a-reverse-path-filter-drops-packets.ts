import { unknown, type Cause } from '../cause.js';
import { anywhere, onTheHost, remedy } from '../remedies.js';

export const aReversePathFilterDropsPackets: Cause = {
  code: 'reverse-path-filter',
  severity: 'wrong-traffic',
  title: 'A reverse path filter may drop the packets of clients',
  why: 'Packets come in from the director and answers leave by another interface. A strict filter takes that for a forged sender, and drops the packet without a word.',
  find: (known) => unknown(known, 'FirewallAllows', ['ReversePathFilter']),
  fix: () =>
    onTheHost(
      remedy(
        'Make the filter loose, also in the files of sysctl.d: a sender is then good when any interface leads to it.',
        'for file in /proc/sys/net/ipv4/conf/*/rp_filter; do [ "$(cat "$file")" != 1 ] || echo 2 > "$file"; done',
      ),
      anywhere('real-server', 'Windows has no such filter.').windows,
    ),
};
