/** A Windows host as the agent's plans see hosts: its interfaces, and the one adapter that stands for loopback. Pure. */
import { isCanonicalAddress } from '../../../contract/canonical-address.js';
import type { HostInterface } from '../../../setup/host-plan/seen-host.js';
import type { HostView } from '../../plan/host-view.js';
import { doorGuard, type Services } from './doors.js';
import type { Observation } from './observation.js';
import { judgeSilence } from './silent-settings.js';
import { chosenAdapter } from './windows-adapters.js';

export function windowsView(observation: Observation, services: Services): HostView {
  return {
    interfaces: [...adaptersOf(observation), ...strangersOf(observation)],
    gateways: [...new Set(observation.gateways.filter((hop) => !isNowhere(hop)))].sort(),
    silence: judgeSilence(observation),
    guard: doorGuard(observation, services),
  };
}

function adaptersOf(observation: Observation): HostInterface[] {
  const chosen = chosenAdapter(observation);
  return observation.adapters.map((adapter) => ({
    name: adapter.name,
    loopback: adapter === chosen,
    mac: adapter.mac === '' ? null : adapter.mac.replaceAll('-', ':').toLowerCase(),
    up: adapter.up,
    mtu: mtuOf(observation, adapter.index),
    addresses: addressesOf(observation, adapter.index),
  }));
}

/** Interfaces that are no adapters, such as the one of 127.0.0.1. */
function strangersOf(observation: Observation): HostInterface[] {
  const known = new Set(observation.adapters.map(({ index }) => index));
  const strangers = new Map(
    observation.interfaces.filter(({ index }) => !known.has(index)).map(({ index, alias }) => [index, alias]),
  );
  return [...strangers].map(([index, name]) => ({
    name,
    loopback: false,
    mac: null,
    up: true,
    mtu: mtuOf(observation, index),
    addresses: addressesOf(observation, index),
  }));
}

/** The smaller one where the families differ: what is too large for one of them gets lost. */
function mtuOf({ interfaces }: Observation, index: number): number {
  const mtus = interfaces.filter((each) => each.index === index).map(({ mtu }) => mtu);
  return mtus.length === 0 ? 0 : Math.min(...mtus);
}

function addressesOf({ addresses }: Observation, index: number): HostInterface['addresses'] {
  return addresses
    .filter((each) => each.index === index && each.usable && isCanonicalAddress(each.address))
    .map(({ address, prefixLength }) => ({ address, prefixLength }));
}

function isNowhere(hop: string): boolean {
  return hop === '0.0.0.0' || hop === '::' || !isCanonicalAddress(hop);
}
