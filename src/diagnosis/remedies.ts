/**
 * How a fix is put together. Commands hold templates of ours, canonical addresses, numbers and ids, and no other text:
 * people paste them into a shell.
 */
import { isCanonicalAddress, isIpv6 } from '../contract/canonical-address.js';
import type { Fix, Place, Remedy } from './finding.js';
import type { Known } from './known.js';

export function remedy(words: string, ...commands: readonly string[]): Remedy {
  return { words, commands };
}

/** The operating system of the real server makes no difference. */
export function anywhere(place: Place, words: string, ...commands: readonly string[]): Fix {
  const both = remedy(words, ...commands);
  return { place, linux: both, windows: both };
}

export function onTheHost(linux: Remedy, windows: Remedy): Fix {
  return { place: 'real-server', linux, windows };
}

/** Of the real server; null where nobody knows its id. `API` is for the reader's shell to fill in, and so is `TOKEN`. */
export function serverUrl({ intent }: Known): string | null {
  if (intent === null) return null;
  return `$API/v1/virtual-services/${uuid(intent.serviceId)}/real-servers/${uuid(intent.serverId)}`;
}

/** A change of the intent. `API` and `TOKEN` are for the reader's shell to fill in. */
export function byPatch(words: string, known: Known, what: 'service' | 'server', change: object): Fix {
  const { intent } = known;
  if (intent === null) return anywhere('control-plane', words);
  const service = `$API/v1/virtual-services/${uuid(intent.serviceId)}`;
  const url = what === 'service' ? service : (serverUrl(known) ?? service);
  const headers = '-H "Authorization: Bearer $TOKEN" -H "Content-Type: application/merge-patch+json"';
  return anywhere('control-plane', words, `curl -X PATCH ${headers} -d '${JSON.stringify(change)}' "${url}"`);
}

/** The VIP, as an argument. */
export function vipIn({ vip }: Known): string {
  if (!isCanonicalAddress(vip))
    throw new Error('only an address in its canonical spelling gets into a command');
  return vip;
}

export function hostPrefix({ vip }: Known): number {
  return isIpv6(vip) ? 128 : 32;
}

function uuid(id: string): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error('only an id gets into a command');
  return id;
}

/** What an agent does is in the journal on Linux, and where packaging/install/install.ps1 puts it on Windows. */
export const SEE_THE_AGENT = {
  linux: 'journalctl --unit homeward-agent --lines 50',
  windows: 'Get-Content -Tail 50 "$env:ProgramData\\HomewardAgent\\log\\agent.log"',
} as const;

export const RESTART_THE_AGENT = {
  linux: ['systemctl restart homeward-agent'],
  windows: ['Restart-Service HomewardAgent'],
} as const;

/** By the driver's identifier, for names are people's to choose. */
export const WINDOWS_LOOPBACKS = "@(Get-NetAdapter | Where-Object ComponentID -eq '*msloop').InterfaceIndex";
