/** What a unit says, and what systemd makes of it while it does not run. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { systemCommands } from '../../src/platform/command-runner.js';

/** All values of a setting, in order. */
export function values(text: string, setting: string): string[] {
  return [...text.matchAll(new RegExp(`^${setting}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');
}

/** A copy of a unit in a folder, with a program that is there on every machine. */
export async function placed(unit: string, folder: string, change = (text: string) => text): Promise<string> {
  const path = join(folder, basename(unit));
  const text = await readFile(unit, 'utf8');
  await writeFile(path, change(text.replaceAll(/^(Exec\w+=)\S+/gm, '$1/bin/true')));
  return path;
}

/** @returns what is wrong; a setting that is ignored is told, and no error. */
export async function verify(...paths: string[]): Promise<string> {
  const both = 'systemd-analyze verify --man=no "$@" 2>&1 || true';
  return systemCommands.run(['sh', '-c', both, 'sh', ...paths]);
}

/** Of 100; systemd calls up to 49 "OK", and a unit that says nothing has 96. */
export async function exposure(path: string): Promise<number> {
  const shown = await systemCommands.run(['systemd-analyze', 'security', '--offline=yes', path]);
  return 10 * Number(/Overall exposure level for .*: ([\d.]+)/.exec(shown)?.[1] ?? NaN);
}

/** What remains of a unit without what protects the host from it. */
export function unprotected(text: string): string {
  return text.replaceAll(/^(Protect|Private|Restrict|System).*\n/gm, '');
}

/** Numbers of system calls that programs of nodes make, or would if they were led astray: on x64 and arm64. */
const NUMBERS: Readonly<Record<string, readonly [number, number]>> = {
  bpf: [321, 280],
  capset: [126, 91],
  chroot: [161, 51],
  init_module: [175, 105],
  mount: [165, 40],
  sched_setaffinity: [203, 122],
  setns: [308, 268],
  setpriority: [141, 140],
  setuid: [105, 146],
  umount2: [166, 39],
  unshare: [272, 97],
};
const PRCTL = [157, 167] as const;
const COLUMN = process.arch === 'arm64' ? 1 : 0;

/** Those of the calls above that a unit lets nobody make. */
export async function refusedCalls(text: string): Promise<readonly string[]> {
  const allowed = new Set<string>();
  for (const line of values(text, 'SystemCallFilter')) {
    for (const name of await callsIn(line.replace(/^~/, ''))) {
      if (line.startsWith('~')) allowed.delete(name);
      else allowed.add(name);
    }
  }
  return Object.keys(NUMBERS).filter((name) => !allowed.has(name));
}

/** What starts a program that may not make these calls. */
export function without(calls: readonly string[]): readonly [string, ...string[]] {
  const numbers = calls.map((name) => NUMBERS[name]?.[COLUMN]);
  return ['perl', resolve('test/support/refuse-system-calls.pl'), `${PRCTL[COLUMN]}`, numbers.join()];
}

/** Of names and of groups, which hold groups. */
async function callsIn(names: string): Promise<readonly string[]> {
  const found = names.split(' ').map(async (name) => {
    if (!name.startsWith('@')) return [name];
    const listed = await systemCommands.run(['systemd-analyze', 'syscall-filter', name]);
    const [, ...members] = listed.split('\n').map((member) => member.trim());
    return callsIn(members.filter((member) => /^@?\w/.test(member)).join(' '));
  });
  return (await Promise.all(found)).flat();
}
