/**
 * What has to be so on a Linux real server that holds a VIP, as named steps in the order that never leaks: what keeps the
 * host silent first, the VIP last. Undone, they go backwards. Pure.
 */
import ipaddr from 'ipaddr.js';
import { isIpv6 } from '../../contract/canonical-address.js';
import type { VipDocument } from '../../contract/documents.js';
import { ARP_SCOPES, ARP_SETTINGS, type ArpScope, type ArpSetting } from './arp-settings.js';
import { guardFamily, type GuardFamily } from './guard-rules.js';

export type LinuxStep = { readonly name: string; readonly why: string } & (
  | { readonly kind: 'setting'; readonly scope: ArpScope; readonly setting: ArpSetting }
  /** Every network card by itself: a greater value of its own would count. */
  | { readonly kind: 'cards'; readonly setting: ArpSetting }
  | { readonly kind: 'boot-settings' }
  | { readonly kind: 'guard'; readonly family: GuardFamily; readonly table: string; readonly element: string }
  | { readonly kind: 'boot-unit'; readonly unit: string }
  | { readonly kind: 'address'; readonly address: string; readonly prefixLength: number }
);

/** Settings are of the host; guard, unit and address of the one VIP. */
export function linuxSteps({ address }: Pick<VipDocument, 'address'>): readonly LinuxStep[] {
  return [...settingSteps(address), ...vipSteps(address)];
}

/** IPv6 has no such settings: the guard is its only lock. */
export function settingSteps(address: string): readonly LinuxStep[] {
  if (isIpv6(address)) return [];
  const settings = ARP_SETTINGS.flatMap((setting) =>
    ARP_SCOPES.map((scope): LinuxStep => {
      return { kind: 'setting', name: `${scope}-${kebab(setting)}`, why: setting.why, scope, setting };
    }),
  );
  const cards = ARP_SETTINGS.map((setting): LinuxStep => {
    const why = 'The greater of `all` and the value of its own counts for a network card.';
    return { kind: 'cards', name: `cards-${kebab(setting)}`, why, setting };
  });
  const why = 'The kernel forgets its settings at a reboot.';
  return [...settings, ...cards, { kind: 'boot-settings', name: 'boot-settings', why }];
}

export function vipSteps(address: string): readonly LinuxStep[] {
  const family = guardFamily(address);
  const word = address.replaceAll(':', '-');
  const bytes = Buffer.from(ipaddr.parse(address).toByteArray()).toString('hex');
  return [
    {
      kind: 'guard',
      name: 'guard',
      why: 'Silent also where somebody changes a setting, or puts the VIP on a network card.',
      family,
      table: `homeward-setup-${word}`,
      element: family === 'ip6' ? `0x${bytes}` : address,
    },
    {
      kind: 'boot-unit',
      name: 'boot-unit',
      why: 'All of this again at boot, before the network is up.',
      unit: `homeward-setup-${word}.service`,
    },
    {
      kind: 'address',
      name: 'vip',
      why: 'Alone, for a wider prefix would make a whole subnet local; last, when the host is silent.',
      address,
      prefixLength: family === 'ip6' ? 128 : 32,
    },
  ];
}

function kebab({ key }: ArpSetting): string {
  return key.replace('_', '-');
}
