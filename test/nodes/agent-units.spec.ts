/**
 * The agent's units: whole to systemd, as little exposed as they can be, and enough for what the agent does. Nothing
 * here runs systemd; what a unit allows is made by hand from its lines.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemCommands } from '../../src/platform/command-runner.js';
import { CrashLab, hand, scrap, traces, VIPS, type Machine } from '../support/crash-lab.js';
import type { Host } from '../support/namespaces.js';
import {
  exposure,
  placed,
  refusedCalls,
  unprotected,
  values,
  verify,
  without,
} from '../support/systemd-units.js';

const UNITS = ['homeward-agent.service', 'homeward-agent-boot.service'] as const;
const PROGRAM = '/usr/local/lib/homeward/current/node';
const MOST_EXPOSURE = 24;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'homeward-units-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const pathOf = (unit: string) => join('packaging/systemd', unit);
const textOf = (unit: string) => readFile(pathOf(unit), 'utf8');

describe('the units of the agent', () => {
  it('are whole to systemd', async () => {
    expect(await verify(...(await Promise.all(UNITS.map((unit) => placed(pathOf(unit), directory)))))).toBe(
      '',
    );
  });

  it('would not be with a setting that systemd does not know', async () => {
    const path = await placed(pathOf(UNITS[0]), directory, (text) =>
      text.replace('ProtectHome', 'ProtectHomes'),
    );
    expect(await verify(path)).toContain('ProtectHomes');
  });

  it.each(UNITS)('leave as little open as can be: %s', async (unit) => {
    expect(await exposure(await placed(pathOf(unit), directory))).toBeLessThanOrEqual(MOST_EXPOSURE);
    const bare = await placed(pathOf(unit), directory, unprotected);
    expect(await exposure(bare)).toBeGreaterThan(MOST_EXPOSURE);
  });

  it('give two capabilities and no shell', async () => {
    for (const unit of UNITS) {
      const text = await textOf(unit);
      expect(values(text, 'CapabilityBoundingSet')).toEqual(['CAP_NET_ADMIN CAP_NET_RAW']);
      expect(values(text, 'Exec\\w+').map((line) => line.split(' ')[0])).toEqual([PROGRAM]);
    }
  });

  it('let the agent start the programs that watch the host and end with it', async () => {
    const text = await textOf(UNITS[0]);
    const start = ['setpriv', '--pdeathsig', 'KILL', '--', 'true'];
    await systemCommands.run([...without(await refusedCalls(text)), ...start]);
    const refused = await refusedCalls(text.replace('\nSystemCallFilter=capset', ''));
    await expect(systemCommands.run([...without(refused), ...start])).rejects.toThrow('not permitted');
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
