/** What an agent reports about its host as a whole. Pure. */
import type { ReportedCondition, ReportedHost } from '../contract/report.js';
import type { HostView } from './plan/host-view.js';

/** They hold on one link only, and every link has the same network; no segment can be told by them. */
const LINK_LOCAL = /^(fe[89ab][0-9a-f]:|169\.254\.)/;

export function describeHost(view: HostView): ReportedHost {
  const interfaces = view.interfaces.flatMap(({ name, loopback, mac, up, mtu, addresses }) => {
    if (loopback || mac === null) return [];
    const routable = addresses.filter(({ address }) => !LINK_LOCAL.test(address));
    return [
      {
        name,
        mac,
        up,
        mtu,
        addresses: routable.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
      },
    ];
  });
  return { interfaces, gateways: view.gateways };
}

/** `needed`: the host shall hold an IPv4 VIP. */
export function arpCondition(view: HostView, needed: boolean): ReportedCondition {
  const type = 'ArpSettingsInForce';
  if (!needed) {
    return { type, status: 'Unknown', reason: 'NotNeeded', message: 'The host holds no IPv4 VIP.' };
  }
  if (view.silence.inForce) {
    return {
      type,
      status: 'True',
      reason: 'ReadBack',
      message: 'No interface answers or announces ARP for a VIP.',
    };
  }
  return { type, status: 'False', reason: 'NotSilent', message: view.silence.problems.join(' ') };
}
