/**
 * What has to be so on a Windows real server that holds a VIP, as named steps in the order that is safe: the adapter
 * and its settings, then the door for the services, the VIP last. Undone, they go backwards. The agent carries them out
 * with constant scripts, and hosts without an agent get them as a script to read. Pure.
 */
import { isIpv6 } from '../../contract/canonical-address.js';
import type { VipDocument, VipService } from '../../contract/documents.js';
import { INTERFACE_SETTINGS, type InterfaceSetting } from './windows-settings.js';

/** A rule of the Windows firewall that lets one service of a VIP in. */
export interface FirewallRule {
  /** Made from nothing but the three below, so that equal rules have equal names. */
  readonly name: string;
  readonly address: string;
  readonly protocol: 'tcp' | 'udp';
  /** `80`, or `8000-8010`. */
  readonly ports: string;
}

export type WindowsStep = { readonly name: string; readonly why: string } & (
  | { readonly kind: 'adapter' }
  | { readonly kind: 'adapter-name' }
  | { readonly kind: 'dns-registration' }
  | { readonly kind: 'interface'; readonly setting: InterfaceSetting }
  | { readonly kind: 'firewall-rule'; readonly rule: FirewallRule }
  | { readonly kind: 'address'; readonly address: string; readonly prefixLength: number }
);

/** The steps that make the host ready for any VIP. */
export const HOST_STEPS: readonly WindowsStep[] = [
  {
    kind: 'adapter',
    name: 'loopback-adapter',
    why: 'A Microsoft KM-TEST loopback adapter is on no network, so nobody asks it for the VIP.',
  },
  { kind: 'adapter-name', name: 'loopback-name', why: 'People shall see what the adapter is for.' },
  {
    kind: 'dns-registration',
    name: 'loopback-dns-registration',
    why: 'The name of this host must not lead to the VIP.',
  },
  ...INTERFACE_SETTINGS.map(
    (setting) => ({ kind: 'interface', name: setting.name, why: setting.why, setting }) as const,
  ),
];

/** All steps for one VIP, on a host that nobody has prepared. */
export function windowsSteps(vip: VipDocument): readonly WindowsStep[] {
  return [...HOST_STEPS, ...vip.services.map((service) => doorStep(vip.address, service)), addressStep(vip)];
}

export function firewallRule(address: string, { protocol, port, endPort }: VipService): FirewallRule {
  const ports = port === endPort ? `${port}` : `${port}-${endPort}`;
  // Colons have a meaning in paths of the registry, where rules live; no address has a dash.
  return { name: `Homeward-${address.replaceAll(':', '-')}-${protocol}-${ports}`, address, protocol, ports };
}

/** /32 or /128: a wider prefix would make a whole subnet local. */
export function hostPrefix(address: string): number {
  return isIpv6(address) ? 128 : 32;
}

function doorStep(address: string, service: VipService): WindowsStep {
  const rule = firewallRule(address, service);
  const why = 'The firewall lets in what the service needs, and nothing else of the VIP.';
  return { kind: 'firewall-rule', name: `firewall-${rule.protocol}-${rule.ports}`, why, rule };
}

function addressStep({ address }: VipDocument): WindowsStep {
  const why = 'Never the source of what this host sends of itself; last, when all else stands.';
  return { kind: 'address', name: 'vip', why, address, prefixLength: hostPrefix(address) };
}
