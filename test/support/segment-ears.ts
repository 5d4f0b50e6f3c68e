/** A host of the tests speaks and hears ARP and neighbour discovery itself, by a program of the engine's own; or floods. */
import type { DirectorNetwork } from './director-network.js';
import type { Host } from './namespaces.js';
import type { RecordedWire } from './recorded-wire.js';

export async function framesSentBy(host: Host): Promise<number> {
  const shown = await host.exec(['ip', '-s', '-json', 'link', 'show', 'eth0']);
  const [link] = JSON.parse(shown) as { stats64: { tx: { packets: number } } }[];
  return link?.stats64.tx.packets ?? 0;
}

/** Announces an address from ever other Ethernet addresses, as fast as it can. */
export const FLOOD = `use strict; my ($index, $sender) = @ARGV;
  socket(my $s, 17, 3, 0) or die $!;
  my $ip = pack('C4', split /[.]/, $sender);
  for (my $n = 1; ; $n++) {
    my $mac = "\\x02\\x66" . pack('N', $n % 5000);
    my $arp = ("\\xff" x 6) . $mac . pack('n', 0x0806) . pack('n n C C n', 1, 0x0800, 6, 4, 1) . $mac . $ip . ("\\0" x 6) . $ip . ("\\0" x 18);
    send($s, $arp, 0, pack('S n i S C C a8', 17, 0x0806, $index, 0, 0, 0, ''));
    select(undef, undef, undef, 0.001) if $n % 200 == 0;
  }`;

/** The segment as that host has it, by a program of its own. */
export async function listening(net: DirectorNetwork, host: Host, cluster?: string): Promise<RecordedWire> {
  const wire = net.voiceOf(host);
  const [link] = JSON.parse(await host.exec(['ip', '-json', 'link', 'show', 'eth0'])) as {
    ifindex: number;
    address: string;
  }[];
  wire.standOn(new Map([['eth0', { index: link?.ifindex ?? 0, mac: link?.address ?? '' }]]), cluster);
  if (!(await wire.begun())) throw new Error(wire.trouble);
  return wire;
}

export async function indexOf(host: Host): Promise<number> {
  const [link] = JSON.parse(await host.exec(['ip', '-json', 'link', 'show', 'eth0'])) as {
    ifindex: number;
  }[];
  return link?.ifindex ?? 0;
}
