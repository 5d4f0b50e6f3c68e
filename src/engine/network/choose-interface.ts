/**
 * Which interface holds the VIPs: the one that the operator named, or else the one with an address that the node
 * joined under, or else the one that leads to the default gateway.
 */
import type { HostInterface } from './host-interface.js';

export interface InterfaceWishes {
  /** Named by the operator. */
  readonly named: string | undefined;
  /** Addresses that the node joined under. */
  readonly joined: readonly string[];
  /** Interfaces of the default routes. */
  readonly defaultDevices: readonly string[];
}

export function chooseInterface(
  interfaces: readonly HostInterface[],
  { named, joined, defaultDevices }: InterfaceWishes,
): string | undefined {
  const candidates = interfaces.filter(({ loopback }) => !loopback);
  if (named !== undefined) return candidates.find(({ name }) => name === named)?.name;
  const withJoined = candidates.find(({ addresses }) =>
    addresses.some(({ address, ours }) => !ours && joined.includes(address)),
  );
  return (withJoined ?? candidates.find(({ name }) => defaultDevices.includes(name)))?.name;
}
