/** The ARP settings of a host, as they count for each interface and as they should be. Pure. */
import { ARP_SETTINGS, type ArpKey } from '../../../setup/linux/arp-settings.js';
import type { ArpValues } from '../../plan/arp-silence.js';
import type { Comparison } from '../../verify/comparison.js';

/** `values`: by interface, and those of `all` and `default`. */
export function compareArp(values: ReadonlyMap<string, ArpValues>): Comparison[] {
  const all = values.get('all');
  return [...values].flatMap(([name, own]) =>
    ARP_SETTINGS.map(({ key, silent, wanted }) => {
      // `all` and `default` must be silent by themselves; for an interface the greater of `all` and its own counts.
      const byItself = name === 'all' || name === 'default' || all === undefined;
      const found = byItself ? valueOf(own, key) : Math.max(valueOf(own, key), valueOf(all, key));
      const good = silent.includes(found) ? found : wanted;
      return { thing: `net.ipv4.conf.${name}.${key}`, wanted: `${good}`, found: `${found}` };
    }),
  );
}

function valueOf({ arpIgnore, arpAnnounce }: ArpValues, key: ArpKey): number {
  return key === 'arp_ignore' ? arpIgnore : arpAnnounce;
}
