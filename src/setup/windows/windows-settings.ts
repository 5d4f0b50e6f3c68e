/**
 * Which settings of a Windows host must be how, before it holds its first VIP, and why. The order is the order in which
 * they are made, and undone backwards: each stands before anything that needs it. Pure.
 */

/** What Homeward calls the loopback adapter; on finding one under this name, it is chosen before any other. */
export const ADAPTER_NAME = 'homeward';

export type Family = 'IPv4' | 'IPv6';
const FAMILIES: readonly Family[] = ['IPv4', 'IPv6'];

/** What `Set-NetIPInterface` calls them. */
export type InterfaceProperty =
  'Dhcp' | 'DadTransmits' | 'AutomaticMetric' | 'InterfaceMetric' | 'WeakHostReceive' | 'WeakHostSend';

/** `loopback`: the KM-TEST adapter that holds the VIPs. `network`: every other adapter. */
export type Place = 'loopback' | 'network';

export interface InterfaceSetting {
  /** For people and for the names of steps. */
  readonly name: string;
  readonly place: Place;
  readonly family: Family;
  readonly property: InterfaceProperty;
  /** 1 and 0 are on and off, except of numbers: how many questions, and the metric. */
  readonly wanted: number;
  readonly why: string;
}

const NO_DHCP = 'Windows refuses a lasting address on an interface that waits for DHCP.';
const NO_SEARCH =
  'On no network there is no second owner to find; the search would take seconds for each VIP.';
const NO_AUTOMATIC_METRIC = 'The metric must not follow the speed of the adapter.';
const LAST_METRIC = 'Nothing that this host sends of itself may leave by this adapter.';
const TAKE_PACKETS = 'Packets for the VIP arrive here, and the VIP is on another adapter.';
const HAND_PACKETS = 'Packets for the VIP come to this adapter from another one.';
const SEND_REPLIES = 'Replies from the VIP leave by another adapter.';

const KEBAB: Readonly<Record<InterfaceProperty, string>> = {
  Dhcp: 'dhcp',
  DadTransmits: 'dad-transmits',
  AutomaticMetric: 'automatic-metric',
  InterfaceMetric: 'interface-metric',
  WeakHostReceive: 'weak-host-receive',
  WeakHostSend: 'weak-host-send',
};

/** The highest metric in common use: every other way is better. */
const METRIC = 254;

export const INTERFACE_SETTINGS: readonly InterfaceSetting[] = [
  // There is no such property of IPv6.
  setting('loopback', 'IPv4', 'Dhcp', 0, NO_DHCP),
  ...FAMILIES.map((family) => setting('loopback', family, 'DadTransmits', 0, NO_SEARCH)),
  ...FAMILIES.flatMap((family) => [
    setting('loopback', family, 'AutomaticMetric', 0, NO_AUTOMATIC_METRIC),
    setting('loopback', family, 'InterfaceMetric', METRIC, LAST_METRIC),
  ]),
  ...FAMILIES.flatMap((family) => [
    setting('network', family, 'WeakHostReceive', 1, TAKE_PACKETS),
    setting('loopback', family, 'WeakHostReceive', 1, HAND_PACKETS),
    setting('loopback', family, 'WeakHostSend', 1, SEND_REPLIES),
  ]),
];

function setting(
  place: Place,
  family: Family,
  property: InterfaceProperty,
  wanted: number,
  why: string,
): InterfaceSetting {
  const name = `${place}-${family.toLowerCase()}-${KEBAB[property]}`;
  return { name, place, family, property, wanted, why };
}
