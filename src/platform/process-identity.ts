/**
 * Tells processes apart although their numbers are used again: by boot, number and start time.
 * Reads /proc only; what it may not read counts as not there.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Names the process for as long as it lives, and never another one. Undefined where there is none. */
export function processIdentity(pid: number): string | undefined {
  const boot = read('/proc/sys/kernel/random/boot_id');
  const stat = read(`/proc/${pid}/stat`);
  if (boot === undefined || stat === undefined) return undefined;
  // The second field is the name in parentheses and may hold anything; field 22 is the start time in clock ticks.
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return `${boot.trim()} ${pid} ${afterName[19] ?? ''}`;
}

/** True while the process that `identity` names is alive. */
export function isAlive(identity: string): boolean {
  return processIdentity(Number(identity.split(' ')[1])) === identity;
}

/** The processes whose working directory is `directory`, which must be a real path. */
export function processesWorkingIn(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && workingDirectory(name) === directory)
    .map(Number);
}

function workingDirectory(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
