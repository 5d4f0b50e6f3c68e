/**
 * Decides which settings of single interfaces are as they are only because the agent set `default`: Linux gives every
 * interface that comes up the values of `default`, and they stay with it when `default` is put back. After a reboot
 * those are all interfaces. Names are those below net.ipv4.conf, `eth0/arp_ignore`; other hosts have none of the kind.
 * Pure.
 */
import type { HostSettings } from '../hosts/host-driver.js';
import type { ChangedSettings } from './changed-settings.js';

const DEFAULT = 'default';

/**
 * Settings of interfaces that are already what the agent is about to make the default for the first time. They are
 * somebody's own, and are to be remembered as such before it does. Where it made that the default before, they may as
 * well come from there, whatever the default is now. `known`: what was remembered so far.
 */
export function ownSettings(known: ChangedSettings, found: HostSettings, wanted: HostSettings): HostSettings {
  const own = Object.entries(found).filter(([name, value]) => {
    const common = defaultOf(name);
    const first = known[common] === undefined && found[common] !== value;
    return wanted[name] === undefined && wanted[common] === value && first;
  });
  return Object.fromEntries(own);
}

/** What to write so that no interface keeps what it had from the agent's default. */
export function inheritedSettings(changed: ChangedSettings, found: HostSettings): HostSettings {
  const restored = Object.entries(found).flatMap(([name, value]) => {
    const common = changed[defaultOf(name)];
    const inherited = changed[name] === undefined && common?.written === value;
    return inherited && common.before !== value ? [[name, common.before] as const] : [];
  });
  return Object.fromEntries(restored);
}

/** `default/arp_ignore` for `eth0/arp_ignore`. */
function defaultOf(name: string): string {
  return `${DEFAULT}/${name.slice(name.indexOf('/') + 1)}`;
}
