/**
 * Reads what proofs look at on a Windows host: what its firewall does to incoming packets, and whether it forwards any.
 * It changes nothing and judges nothing.
 */
import type { CommandRunner } from '../../../platform/command-runner.js';
import type { HostReadings, ReadHost } from '../../proofs/host-readings.js';
import type { Forwarding } from '../../proofs/judge-loop.js';
import { readFilters, type ObservedFilters } from './filters.js';
import { judgeFilters } from './judge-filters.js';
import { PowerShell } from './powershell.js';

/** A reader that gives the very same object as long as the host shows the same. `program`: what stands for powershell.exe. */
export function windowsReader(commands: CommandRunner, program?: readonly [string, ...string[]]): ReadHost {
  const powershell = new PowerShell(commands, program);
  let last: { readonly text: string; readonly readings: HostReadings } | undefined;
  return async () => {
    const text = await told(powershell);
    if (last?.text !== text) last = { text, readings: readingsOf(text) };
    return last.readings;
  };
}

/** What the script prints, or after a `!` why it prints nothing. */
async function told(powershell: PowerShell): Promise<string> {
  try {
    return await powershell.run({ script: 'observe-filters', request: {} });
  } catch (error) {
    return `!${messageOf(error)}`;
  }
}

function readingsOf(text: string): HostReadings {
  if (text.startsWith('!')) return unread(text.slice(1));
  try {
    const filters = readFilters(text);
    return { firewall: (service) => judgeFilters(service, filters), forwarding: forwardingOf(filters) };
  } catch (error) {
    return unread(messageOf(error));
  }
}

function unread(why: string): HostReadings {
  const message = `Windows Firewall could not be read: ${why}`;
  const verdict = { status: 'Unknown', reason: 'NotReadable', message } as const;
  return { firewall: () => verdict, forwarding: null };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function forwardingOf({ forwarding }: ObservedFilters): Forwarding {
  const forwards = (asked: string) => forwarding.some((each) => each.family === asked && each.forwards === 1);
  return {
    ipv4: forwards('IPv4'),
    ipv6: forwards('IPv6'),
    stop: 'Switch Forwarding off on its adapters (Set-NetIPInterface)',
  };
}
