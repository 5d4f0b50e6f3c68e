/** What an agent reports about its host as a whole. Pure. */
import type { ReportedCondition, ReportedHost } from '../contract/report.js';
import { reportedHost } from '../link/reported-host.js';
import type { HostView } from './plan/host-view.js';

export function describeHost(view: HostView): ReportedHost {
  return reportedHost(view.interfaces, view.gateways);
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
