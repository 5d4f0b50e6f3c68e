/**
 * The ground of a director as its report shows it. The interface that holds the VIPs may be one more, where it is on no
 * segment: only the director knows it, and no element depends on it. Pure.
 */
import type { ReportedInterface } from '../contract/report.js';
import type { Ground } from './ground.js';
import { Segments } from './segments.js';
import type { WorkAddress } from './usable-interface.js';

export function reportedGround(seed: number, interfaces: readonly ReportedInterface[]): Ground {
  const segments = new Segments(
    interfaces.map(({ name, mac, addresses }) => ({
      name,
      mac,
      loopback: false,
      addresses: addresses.map(workAddress),
    })),
  );
  return { seed, devices: segments.devices, segments };
}

function workAddress(text: string): WorkAddress {
  const [address = '', prefix] = text.split('/');
  return { address, prefixLength: Number(prefix) };
}
