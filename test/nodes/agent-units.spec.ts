/**
 * The agent's units: whole to systemd, as little exposed as they can be, and enough for what the agent does. Nothing
 * here runs systemd; what a unit allows is made by hand from its lines.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemCommands } from '../../src/platform/command-runner.js';
import { CrashLab, hand, scrap, traces, VIPS, type Machine } from '../support/crash-lab.js';
import type { Host } from '../support/namespaces.js';

const UNITS = ['homeward-agent.service', 'homeward-agent-boot.service'] as const;
const PROGRAM = '/usr/local/lib/homeward/current/node';
/** Of 100; systemd calls up to 49 "OK", and a unit that says nothing has 96. */
const MOST_EXPOSURE = 24;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-units-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const textOf = (unit: string) => readFile(join('packaging/systemd', unit), 'utf8');

/** All values of a setting, in order. */
function values(text: string, setting: string): string[] {
  return [...text.matchAll(new RegExp(`^${setting}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');
}

/** With a program that is there on every machine. */
async function placed(unit: string, change = (text: string) => text): Promise<string> {
  const path = join(directory, unit);
  await writeFile(path, change((await textOf(unit)).replaceAll(PROGRAM, '/bin/true')));
  return path;
}

/** @returns what is wrong; a setting that is ignored is told, and no error. */
async function verify(...paths: string[]): Promise<string> {
  const both = 'systemd-analyze verify --man=no "$@" 2>&1 || true';
  return systemCommands.run(['sh', '-c', both, 'sh', ...paths]);
}

async function exposure(path: string): Promise<number> {
  const shown = await systemCommands.run(['systemd-analyze', 'security', '--offline=yes', path]);
  return 10 * Number(/Overall exposure level for .*: ([\d.]+)/.exec(shown)?.[1] ?? NaN);
}

describe('the units of the agent', () => {
  it('are whole to systemd', async () => {
    expect(await verify(...(await Promise.all(UNITS.map((unit) => placed(unit)))))).toBe('');
  });

  it('would not be with a setting that systemd does not know', async () => {
    const path = await placed(UNITS[0], (text) => text.replace('ProtectHome', 'ProtectHomes'));
    expect(await verify(path)).toContain('ProtectHomes');
  });

  it.each(UNITS)('leave as little open as can be: %s', async (unit) => {
    expect(await exposure(await placed(unit))).toBeLessThanOrEqual(MOST_EXPOSURE);
    const bare = await placed(unit, (text) =>
      text.replaceAll(/^(Protect|Private|Restrict|System).*\n/gm, ''),
    );
    expect(await exposure(bare)).toBeGreaterThan(MOST_EXPOSURE);
  });

  it('give two capabilities and no shell', async () => {
    for (const unit of UNITS) {
      const text = await textOf(unit);
      expect(values(text, 'CapabilityBoundingSet')).toEqual(['CAP_NET_ADMIN CAP_NET_RAW']);
      expect(values(text, 'Exec\\w+').map((line) => line.split(' ')[0])).toEqual([PROGRAM]);
    }
  });

  it('bring the VIPs back before any network card is up', async () => {
    const text = await textOf('homeward-agent-boot.service');
    expect(values(text, 'Before')[0]).toContain('network-pre.target');
    expect(values(text, 'Wants')).toEqual(['network-pre.target']);
    expect(values(text, 'DefaultDependencies')).toEqual(['no']);
  });
});

describe('what the units allow', () => {
  let lab: CrashLab;
  let machine: Machine;
  let host: Host;

  beforeEach(async () => {
    lab = await CrashLab.open('units');
    machine = await lab.machine(1);
    host = await lab.boot(machine, 'card');
    await hand(machine, 'vips');
    expect(await lab.agent(host, machine)).toMatchObject({ code: 0 });
    await lab.powerOff(host);
    host = await lab.boot(machine, 'no-card');
  });
  afterEach(async () => {
    await lab.close();
    await scrap(machine);
  });

  /** A shell line that makes a view of the files as a unit's lines say, and gives up all but these capabilities. */
  function confined(settings: string, capabilities: string): [string, ...string[]] {
    const script = [
      'mount --make-rprivate / && mount --rbind / /',
      `mount --bind ${machine.stateDir} ${machine.stateDir}`,
      'mount -t proc proc /proc',
      'mount --bind /proc/sys /proc/sys',
      `mount --bind ${settings} ${settings}`,
      'mount -o remount,bind,ro /proc/sys && mount -o remount,bind,ro /',
      `exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all${capabilities} "$@"`,
    ];
    return ['unshare', '--mount', '--pid', '--fork', 'sh', '-ec', script.join('\n'), 'sh'];
  }

  it('is enough to set a host up, with all else read-only', async () => {
    const [settings = ''] = values(await textOf(UNITS[1]), 'ReadWritePaths').slice(1);
    const wrapped = confined(settings, ',+net_admin,+net_raw');
    const booted = await lab.bootCommand(host, machine, wrapped);
    expect(booted).toMatchObject({ code: 0, output: '' });
    for (const vip of VIPS) expect(await traces(host, machine)).toContain(`${vip} bound`);
  });

  it('is not too much: without the one capability or the one folder nothing is bound', async () => {
    const bare = await lab.bootCommand(host, machine, confined('/proc/sys/net/ipv4/conf', ',+net_raw'));
    expect(bare.code).not.toBe(0);
    expect(await traces(host, machine)).not.toContain('bound');
    // Root may write the settings even without the capability.
    await lab.powerOff(host);
    host = await lab.boot(machine, 'no-card');
    const blind = await lab.bootCommand(host, machine, confined('/proc/sys/net/ipv6', ',+net_admin'));
    expect(blind.code).not.toBe(0);
    expect(await traces(host, machine)).not.toContain('192.0.2.200 bound');
  });
});
