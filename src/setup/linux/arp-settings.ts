/**
 * Which values of the kernel's two ARP settings keep a host silent about addresses on lo. Pure.
 * A greater value is not always a more silent one: arp_ignore 3 answers for every address of global scope, which a VIP
 * on lo is, and values of arp_announce above 2 work like 0.
 */
export type ArpKey = 'arp_ignore' | 'arp_announce';

export interface ArpSetting {
  readonly key: ArpKey;
  /** What is set where nothing silent is found. */
  readonly wanted: number;
  /** What is silent, and stays where it is found. */
  readonly silent: readonly number[];
  readonly why: string;
}

export const ARP_SETTINGS: readonly ArpSetting[] = [
  // 1 and 2 answer for addresses of the asked interface alone, 8 for none.
  { key: 'arp_ignore', wanted: 1, silent: [1, 2, 8], why: 'No interface answers ARP for an address on lo.' },
  // 2 takes the sender from the interface that asks.
  { key: 'arp_announce', wanted: 2, silent: [2], why: 'No interface announces an address on lo.' },
];

/** `all` counts for every interface, together with its own value; `default` is where new interfaces begin. */
export const ARP_SCOPES = ['all', 'default'] as const;
export type ArpScope = (typeof ARP_SCOPES)[number];

export function arpSetting(key: ArpKey): ArpSetting {
  const setting = ARP_SETTINGS.find((each) => each.key === key);
  if (setting === undefined) throw new Error(`there is no ARP setting ${key}`);
  return setting;
}

/** Where the agent keeps them for the next boot: behind 99-sysctl.conf, by which Debian applies /etc/sysctl.conf. */
export const BOOT_SETTINGS_FILE = '99-zz-homeward-agent.conf';
