/** A Windows host as far as Homeward's scripts can see and change it, as data. */

export interface SimulatedAdapter {
  readonly index: number;
  readonly guid: string;
  name: string;
  readonly loopback: boolean;
  readonly mac: string;
  up: boolean;
}

export interface SimulatedInterface {
  readonly index: number;
  readonly alias: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly mtu: number;
  Dhcp: number;
  DadTransmits: number;
  AutomaticMetric: number;
  InterfaceMetric: number;
  WeakHostReceive: number;
  WeakHostSend: number;
}

export interface SimulatedAddress {
  readonly index: number;
  readonly address: string;
  readonly prefixLength: number;
  readonly usable: boolean;
  skipAsSource: boolean;
}

export interface SimulatedRule {
  readonly name: string;
  admits: boolean;
  readonly protocol: string;
  ports: string;
  readonly address: string;
}

export interface WindowsState {
  readonly adapters: SimulatedAdapter[];
  readonly interfaces: SimulatedInterface[];
  readonly addresses: SimulatedAddress[];
  readonly registrations: { index: number; registers: number }[];
  readonly gateways: string[];
  readonly rules: SimulatedRule[];
}

/** What `observe-filters` reads. */
export interface SimulatedFilters {
  readonly profiles: {
    readonly name: string;
    enabled: string;
    defaultInbound: string;
    allowInbound: string;
    allowLocal: string;
  }[];
  readonly blocks: {
    readonly name: string;
    readonly protocol: string;
    readonly ports: string;
    readonly address: string;
    readonly narrowed: readonly string[];
  }[];
  /** Address families that it forwards packets of. */
  readonly forwarding: string[];
}

/** As Windows comes. */
export function freshFilters(): SimulatedFilters {
  const profiles = ['Domain', 'Private', 'Public'].map((name) => ({
    name,
    enabled: 'True',
    defaultInbound: 'Block',
    allowInbound: 'True',
    allowLocal: 'True',
  }));
  return { profiles, blocks: [], forwarding: [] };
}

/** What Windows calls the metric that it chose by itself for an adapter of 10 Gbit/s. */
export const AUTOMATIC_METRIC = 15;

/** A server with one adapter on the network, as Windows sets it up. */
export function freshWindows(): WindowsState {
  const state: WindowsState = {
    adapters: [],
    interfaces: [newInterface(1, 'Loopback Pseudo-Interface 1', 'IPv4')],
    addresses: [{ index: 1, address: '127.0.0.1', prefixLength: 8, usable: true, skipAsSource: false }],
    registrations: [],
    gateways: ['192.0.2.1', '0.0.0.0'],
    rules: [],
  };
  plugIn(state, { index: 4, name: 'Ethernet', loopback: false });
  state.addresses.push(newAddress(4, '192.0.2.11', 24));
  return state;
}

/** A new adapter, with what Windows gives to every one. */
export function plugIn(
  state: WindowsState,
  adapter: Pick<SimulatedAdapter, 'index' | 'name' | 'loopback'>,
): void {
  const { index, name } = adapter;
  const last = index.toString(16).padStart(2, '0').toUpperCase();
  const guid = `{4D36E972-0000-0000-0000-0000000000${last}}`;
  state.adapters.push({ ...adapter, guid, mac: `00-15-5D-00-00-${last}`, up: true });
  state.interfaces.push(newInterface(index, name, 'IPv4'), newInterface(index, name, 'IPv6'));
  state.addresses.push(newAddress(index, `fe80::${index}%${index}`, 64));
  state.registrations.push({ index, registers: 1 });
}

export function newAddress(index: number, address: string, prefixLength: number): SimulatedAddress {
  return { index, address, prefixLength, usable: true, skipAsSource: false };
}

function newInterface(index: number, alias: string, family: 'IPv4' | 'IPv6'): SimulatedInterface {
  return {
    index,
    alias,
    family,
    mtu: 1500,
    Dhcp: 1,
    DadTransmits: family === 'IPv4' ? 3 : 1,
    AutomaticMetric: 1,
    InterfaceMetric: AUTOMATIC_METRIC,
    WeakHostReceive: 0,
    WeakHostSend: 0,
  };
}
