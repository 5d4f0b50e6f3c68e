/** What an agent reports about its host as a whole. Pure. */
import type { ReportedCondition, ReportedHost } from '../../contract/report.js';
import { reportedHost } from '../../link/reported-host.js';
import type { HostView } from '../plan/host-view.js';

export function describeHost(view: HostView): ReportedHost {
  return reportedHost(view.interfaces, view.gateways);
}

/** Whether the host is silent, whatever is asked of it, and stays so. */
export function silenceConditions(
  view: HostView,
  { haveIpv4, needGuard }: { readonly haveIpv4: boolean; readonly needGuard: boolean },
  ledgerDamaged: boolean,
): readonly ReportedCondition[] {
  return [
    arpCondition(view, haveIpv4),
    keptCondition(view, haveIpv4),
    guardCondition(view, needGuard),
    ledgerCondition(ledgerDamaged),
  ];
}

/** `damaged`: what the agent wrote down of its own changes could not be read whole. */
function ledgerCondition(damaged: boolean): ReportedCondition {
  const type = 'OwnChangesKnown';
  if (!damaged) {
    return { type, status: 'True', reason: 'Read', message: 'The agent knows what it changed on this host.' };
  }
  const message =
    'What the agent wrote down of its changes is damaged, in both files. What it does not know stays as it is: VIPs on lo, and ARP settings when the last VIP leaves. Look after the disk, and remove by hand what no service needs. Then stop the agent, run `homeward agent accept-damage`, and start it again: until somebody does, this stays so.';
  return { type, status: 'False', reason: 'Damaged', message };
}

/** `needed`: the host shall hold a VIP. */
function guardCondition({ guard }: HostView, needed: boolean): ReportedCondition {
  const type = 'GuardLoaded';
  if (guard.inForce) {
    return { type, status: 'True', reason: 'ReadBack', message: guard.advice };
  }
  if (!needed) return { type, status: 'Unknown', reason: 'NotNeeded', message: 'The host holds no VIP.' };
  const message = `The guard is not as the agent loads it, and it loads it again. ${guard.advice}`;
  return { type, status: 'False', reason: 'NotLoaded', message };
}

/** `needed`: the host shall hold an IPv4 VIP. */
function keptCondition({ silence }: HostView, needed: boolean): ReportedCondition {
  const type = 'ArpSettingsKept';
  if (!needed) {
    return { type, status: 'Unknown', reason: 'NotNeeded', message: 'The host holds no IPv4 VIP.' };
  }
  if (silence.kept) {
    const message = 'The host sets the ARP settings by itself after a reboot.';
    return { type, status: 'True', reason: 'ReadBack', message };
  }
  const message =
    'The file of sysctl.d with the ARP settings cannot be written; after a reboot they are set by `homeward agent boot` alone. See that the directory of HOMEWARD_SYSCTL_DIR is there and writable for the agent.';
  return { type, status: 'False', reason: 'NotWritten', message };
}

/** `needed`: the host shall hold an IPv4 VIP. */
function arpCondition(view: HostView, needed: boolean): ReportedCondition {
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
