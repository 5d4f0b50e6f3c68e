/**
 * The life of an installed agent, on a host with a root of its own and against a real API: the line that operators
 * paste installs it, upgrades it, goes back from a bad upgrade, and takes it away with nothing left behind and all
 * alone that is not its own.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  API_URL,
  HOST_ADDRESS,
  INSTALLED,
  InstallLab,
  SETTINGS,
  type Traces,
} from '../support/install-lab.js';
import { IS_MACHINES_ROOT } from '../support/machines-root.js';
import { untilSo } from '../support/until-so.js';

const VIP = '192.0.2.200';
const PATIENCE_MS = 15_000;
const AGENT_UNIT = 'homeward-agent.service';

let lab: InstallLab;
let before: Traces;
let nodeId: string;

beforeAll(async () => {
  if (!IS_MACHINES_ROOT) return;
  lab = await InstallLab.open('inst');
  before = await lab.traces();
});

afterAll(async () => {
  if (IS_MACHINES_ROOT) await lab.close();
});

async function bound(): Promise<boolean> {
  return (await lab.root.run(['ip', '-o', 'address', 'show', 'dev', 'lo'])).output.includes(`${VIP}/32`);
}

async function runs(): Promise<boolean> {
  return (await lab.root.run(['systemctl', 'is-active', '--quiet', AGENT_UNIT])).code === 0;
}

async function read(path: string): Promise<string> {
  return (await lab.root.run(['cat', path])).output;
}

async function stateOfNode(): Promise<string | undefined> {
  return (await lab.ask('/v1/nodes?name=web-1')).answer.items[0]?.state;
}

it('the installer is sh, and shellcheck finds nothing in it', async () => {
  const { stdout } = await promisify(execFile)('shellcheck', ['--shell=sh', 'packaging/install/install.sh']);
  expect(stdout).toBe('');
});

describe.runIf(IS_MACHINES_ROOT)('the line that installs an agent', () => {
  it('installs, joins, and is online', async () => {
    const { answer } = await lab.ask('/v1/nodes', {
      name: 'web-1',
      role: 'agent',
      addresses: [HOST_ADDRESS],
    });
    nodeId = answer.id;
    await lab.ask('/v1/virtual-services', {
      name: 'shop',
      address: VIP,
      port: 80,
      protocol: 'tcp',
      realServers: [{ address: HOST_ADDRESS }],
    });
    const { code, output } = await lab.paste(answer.installCommands.linux);
    expect(code, output).toBe(0);
    expect(output).toContain('the agent runs, and has joined');
    // What `homeward agent verify` prints of the VIP.
    expect(output).toContain(VIP);
    await untilSo(bound, 'the VIP', PATIENCE_MS);
    expect(await stateOfNode()).toBe('connected');
    // What is compared at the end would show if any of it stayed.
    const now = await lab.traces();
    for (const trace of ['files', 'volatile', 'addresses', 'guards', 'settings', 'processes'] as const) {
      expect(now[trace], trace).not.toEqual(before[trace]);
    }
  });

  it('brings a Node where there is none, and units that systemd takes', async () => {
    const node = await lab.root.run(['readlink', '-f', '/usr/local/lib/homeward/current/node']);
    expect(node.output).toMatch(/^\/usr\/local\/lib\/homeward\/node-[0-9a-f]{64}\n$/);
    const units = ['homeward-agent', 'homeward-agent-boot'].map(
      (name) => `/etc/systemd/system/${name}.service`,
    );
    expect(await lab.root.run(['systemd-analyze', 'verify', ...units])).toEqual({ code: 0, output: '' });
    expect((await lab.root.run(['homeward', '--version'])).output).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('keeps the credential for its owner alone, and the token nowhere', async () => {
    const kept = ['/var/lib/homeward-agent', '/var/lib/homeward-agent/identity.json', SETTINGS] as const;
    const { output } = await lab.root.run(['stat', '-c', '%a', ...kept]);
    expect(output.split('\n')).toEqual(['700', '600', '600', '']);
    const written = ['/etc/homeward', '/var/lib/homeward-agent', '/etc/systemd/system', '/usr/local/bin'];
    expect((await lab.root.run(['grep', '-rl', 'hwj_', ...written])).output).toBe('');
  });

  it('run again, changes nothing; with another agent at the API, upgrades in place', async () => {
    const again = await lab.upgrade();
    expect([again.code, again.output]).toEqual([0, expect.stringContaining('this release runs already')]);
    await lab.change('homeward-agent.cjs', (text) => `${text}\n// another one\n`);
    const { code, output } = await lab.upgrade();
    expect(code, output).toBe(0);
    expect(await read(INSTALLED)).toMatch(/another one\n$/);
    expect(await bound()).toBe(true);
  });

  it('makes a release anew that was damaged on disk', async () => {
    const good = await read(INSTALLED);
    await lab.root.run(['truncate', '--size=1000', INSTALLED]);
    expect(await lab.upgrade()).toMatchObject({ code: 0 });
    expect(await read(INSTALLED)).toBe(good);
  });

  it('goes back to the agent and the settings of before when the new one lives and never reports', async () => {
    const good = await lab.change('homeward-agent.cjs', () => 'setInterval(() => undefined, 1_000);\n');
    await lab.change('install.sh', (text) => text.replace('REPORT_SECONDS=20', 'REPORT_SECONDS=1'));
    const settings = await read(SETTINGS);
    const elsewhere = API_URL.replace('127.0.0.1', 'localhost');
    // Killed at first when all is in place, and before anything has shown that it works.
    const killer = 'case $1 in restart) kill -9 $PPID ;; *) exec /usr/bin/systemctl "$@" ;; esac';
    const killed = await lab.instead('systemctl', killer, () => lab.upgrade(`--api-url ${elsewhere}`));
    expect([killed.code, await read(INSTALLED)]).toEqual([137, expect.not.stringContaining(good)]);
    const { code, output } = await lab.upgrade(`--api-url ${elsewhere}`);
    expect([code, output]).toEqual([1, expect.stringContaining('the agent of before runs again')]);
    expect([await read(INSTALLED), await read(SETTINGS)]).toEqual([good, settings]);
    expect([await runs(), await bound()]).toEqual([true, true]);
    await lab.change('homeward-agent.cjs', () => good);
  });

  it('keeps the settings when the disk is full, and what a killed run left is cleared away', async () => {
    const settings = await read(SETTINGS);
    await lab.instead('curl', 'kill -9 $PPID', () => lab.runInstaller([]));
    // One page for the settings, and none for another.
    const fill =
      'cp $1 /run/kept && mount -t tmpfs -o size=4k tmpfs /etc/homeward && cp -p /run/kept $1 && rm /run/kept';
    expect(await lab.root.run(['sh', '-c', fill, 'sh', SETTINGS])).toMatchObject({ code: 0 });
    const { code } = await lab.upgrade('--api-url http://localhost:3000');
    const left = [await read(SETTINGS), (await lab.root.run(['ls', '/etc/homeward'])).output];
    await lab.root.run(['umount', '/etc/homeward']);
    expect([code, ...left]).toEqual([1, settings, 'agent.env\n']);
    const found = await lab.root.run(['find', '/usr/local/lib/homeward', '-name', 'staging.*']);
    expect([found.output, await runs()]).toEqual(['', true]);
  });

  it('goes by the settings of the unit, with the command and when it is asked to go', async () => {
    const settings = await read(SETTINGS);
    const verify = () => lab.root.run(['homeward', 'agent', 'verify']);
    expect(await verify()).toMatchObject({ code: 0 });
    await writeFile(lab.root.path(SETTINGS), `${settings}HOMEWARD_LOG_LEVEL=loud\n`);
    for (const told of [await verify(), await lab.uninstall()]) {
      expect([told.code > 0, told.output]).toEqual([true, expect.stringContaining('HOMEWARD_LOG_LEVEL')]);
    }
    await writeFile(lab.root.path(SETTINGS), settings);
    expect(await runs()).toBe(true);
  });

  it('tells the API that the agent goes, and leaves the host as it was', async () => {
    const { code, output } = await lab.uninstall();
    expect(code, output).toBe(0);
    expect(await lab.traces()).toEqual(before);
    expect(await stateOfNode()).toBe('left');
  });

  it('installs it again there, as if it had never left', async () => {
    const { answer } = await lab.ask(`/v1/nodes/${nodeId}/join-token`, {});
    expect(await lab.paste(answer.installCommands.linux)).toMatchObject({ code: 0 });
    await untilSo(bound, 'the VIP', PATIENCE_MS);
    expect(await stateOfNode()).toBe('connected');
  });

  it('without the API it stays, unless it is forced to go, and then leaves the host as it was', async () => {
    await lab.stopApi();
    const { code, output } = await lab.uninstall();
    expect([code, output]).toEqual([1, expect.stringContaining('cannot be told that the agent leaves')]);
    expect([await bound(), await runs()]).toEqual([true, true]);
    const forced = await lab.uninstall('--force');
    expect(forced.code, forced.output).toBe(0);
    expect(await lab.traces()).toEqual(before);
  });
});
