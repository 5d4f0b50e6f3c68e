/**
 * The scripts for hosts without an agent, run on a real kernel: after apply the host holds the VIP and nobody hears of
 * it, verify names what is wrong, and undo leaves the host as it was.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandFailed, systemCommands } from '../../src/platform/command-runner.js';
import { readableShell } from '../../src/setup/linux/readable-shell.js';
import { SETUP_PARTS, type SetupPart } from '../../src/setup/setup-part.js';
import { AgentLab, REAL_SERVER_MAC, VIP, VIP6 } from '../support/agent-lab.js';

const VIPS = [VIP, VIP6];
const ARP = ['all', 'default'].flatMap((scope) =>
  ['arp_ignore', 'arp_announce'].map((key) => `${scope}.${key}`),
);

let lab: AgentLab;
/** Where the host's files are. */
let root: string;

beforeEach(async () => {
  lab = await AgentLab.open('setup');
  root = await mkdtemp(join(tmpdir(), 'homeward-setup-'));
  await mkdir(join(root, 'etc/systemd/system'), { recursive: true });
});
afterEach(async () => {
  await lab.close();
  await rm(root, { recursive: true, force: true });
});

interface Ran {
  readonly exitCode: number | null;
  readonly output: string;
}

async function run(part: SetupPart, address = VIP): Promise<Ran> {
  const file = join(root, `${part}.sh`);
  await writeFile(file, readableShell({ address }, part));
  try {
    const argv = ['env', `HOMEWARD_SETUP_ROOT=${root}`, 'sh', file] as const;
    return { exitCode: 0, output: await lab.realServer.exec(argv) };
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return { exitCode: error.exitCode, output: error.stderr };
  } finally {
    await unlink(file);
  }
}

const sh = (command: string) => lab.realServer.exec(['sh', '-c', command]);

/** All that the scripts may touch. */
async function hostAsItIs(): Promise<string> {
  const settings = await lab.realServer.exec(['sysctl', ...ARP.map((key) => `net.ipv4.conf.${key}`)]);
  const rules = await lab.realServer.exec(['nft', 'list', 'ruleset']);
  const { all } = await lab.addresses();
  const files = (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  return [settings, rules, ...all, ...files].join('\n');
}

async function wrongLines(address = VIP): Promise<string[]> {
  const file = join(root, 'verify.sh');
  await writeFile(file, readableShell({ address }, 'verify'));
  const shown = await sh(`HOMEWARD_SETUP_ROOT=${root} sh ${file}; echo "exit $?"`);
  await unlink(file);
  const lines = shown.trim().split('\n');
  const wrong = lines.filter((line) => line.startsWith('WRONG'));
  expect(lines.at(-1)).toBe(wrong.length > 0 ? 'exit 1' : 'exit 0');
  expect(lines.length).toBeGreaterThan(address === VIP ? 12 : 3);
  return wrong.map((line) => line.replace(/^WRONG +/, ''));
}

describe('a host that is set up by script', () => {
  it('holds its VIPs silently, and is after undo as it was before', async () => {
    await lab.realServer.sysctl('net.ipv4.conf.default.arp_ignore', 3);
    const before = await hostAsItIs();
    const watch = await lab.watchArp();
    for (const vip of [...VIPS, ...VIPS])
      expect(await run('apply', vip)).toEqual({ exitCode: 0, output: '' });
    expect([...(await lab.addresses()).onLoopback].sort()).toEqual([`${VIP}/32`, `${VIP6}/128`]);
    for (const vip of VIPS) expect(await wrongLines(vip)).toEqual([]);
    const { questions, questions6 } = watch;
    await lab.until(
      () => watch.questions > questions + 10 && watch.questions6 > questions6 + 10,
      'questions',
    );
    expect(watch.claims).toEqual([]);
    // With one VIP left, the settings stay.
    expect((await run('undo', VIP6)).exitCode).toBe(0);
    expect(await wrongLines(VIP)).toEqual([]);
    expect((await run('undo')).exitCode).toBe(0);
    expect(await hostAsItIs()).toBe(before);
    expect(watch.claims).toEqual([]);
  });

  it('would be heard of without the settings and the guard', async () => {
    const watch = await lab.watchArp();
    await sh(`ip address add ${VIP}/32 dev lo`);
    await lab.until(() => watch.claims.length > 0, 'an answer');
    expect(watch.claims).toContain(REAL_SERVER_MAC);
  });

  it('is told apart from one on which a single thing is wrong', async () => {
    await run('apply');
    const table = `arp homeward-setup-${VIP}`;
    const causes: readonly (readonly [command: string, wrong: string | RegExp])[] = [
      [
        'sysctl -q -w net.ipv4.conf.all.arp_ignore=0',
        /^net\.ipv4\.conf\.all\.arp_ignore: wanted 1, found 0$/,
      ],
      [
        'sysctl -q -w net.ipv4.conf.default.arp_announce=0',
        /^net\.ipv4\.conf\.default\.arp_announce: wanted 2, found 0$/,
      ],
      [`nft delete table ${table}`, `guard homeward-setup-${VIP}: wanted its rules, found no guard`],
      [`nft flush chain ${table} output`, `guard homeward-setup-${VIP}: wanted its rules, found other rules`],
      [`ip address del ${VIP}/32 dev lo`, `vip ${VIP}: wanted lo ${VIP}/32, found nowhere`],
      [
        `rm ${root}/etc/sysctl.d/*`,
        'net.ipv4.conf.all.arp_ignore after a reboot: wanted kept, found not kept',
      ],
      [
        `rm ${root}/etc/systemd/system/multi-user.target.wants/*`,
        `unit homeward-setup-${VIP}.service: wanted enabled, found not enabled`,
      ],
    ];
    for (const [command, wrong] of causes) {
      expect(await wrongLines(), `before: ${command}`).toEqual([]);
      await sh(command);
      const found = await wrongLines();
      expect(found[0], command).toMatch(wrong);
      expect((await run('apply')).exitCode, `apply after: ${command}`).toBe(0);
    }
  });

  it('is not given a VIP that a network card would tell of, or holds', async () => {
    await lab.realServer.sysctl('net.ipv4.conf.eth0.arp_ignore', 3);
    expect(await run('apply')).toEqual({
      exitCode: 1,
      output: 'net.ipv4.conf.eth0.arp_ignore is 3; set it to 1, and run this again.\n',
    });
    expect((await lab.addresses()).onLoopback).toEqual([]);
    await lab.realServer.sysctl('net.ipv4.conf.eth0.arp_ignore', 0);
    await sh(`ip address add ${VIP}/24 dev eth0`);
    const { exitCode, output } = await run('apply');
    expect([exitCode, output]).toEqual([
      1,
      `${VIP} is on this host already: eth0 ${VIP}/24. Remove it there.\n`,
    ]);
    expect((await lab.addresses()).onLoopback).toEqual([]);
  });

  it('is set up again at boot by the unit, without the network', async () => {
    await run('apply');
    const unit = await readFile(join(root, `etc/systemd/system/homeward-setup-${VIP}.service`), 'utf8');
    const [, saved = ''] = /^ExecStart=\/bin\/sh (.*)$/m.exec(unit) ?? [];
    // What a reboot leaves of it.
    await sh(`ip address flush dev lo; nft flush ruleset; ip link set eth0 down`);
    for (const key of ARP) await lab.realServer.sysctl(`net.ipv4.conf.${key}`, 0);
    expect(await wrongLines()).toHaveLength(2 * ARP.length + 4);
    await sh(`HOMEWARD_SETUP_ROOT=${root} sh ${root}${saved}`);
    expect(await wrongLines()).toEqual([]);
  });

  it('keeps a VIP that was there before', async () => {
    await sh(`ip address add ${VIP}/32 dev lo`);
    expect((await run('apply')).exitCode).toBe(0);
    expect(await wrongLines()).toEqual([]);
    expect((await run('undo')).exitCode).toBe(0);
    expect((await lab.addresses()).onLoopback).toEqual([`${VIP}/32`]);
  });
});

describe('a script for people', () => {
  it.each(SETUP_PARTS)('is clean to shellcheck: %s', async (part) => {
    for (const address of VIPS) {
      const argv = ['shellcheck', '--shell=sh', '--severity=style', '-'] as const;
      expect(await systemCommands.run(argv, { input: readableShell({ address }, part) })).toBe('');
    }
  });

  it('would not be, with a quotation mark missing', async () => {
    const spoilt = readableShell({ address: VIP }, 'apply').replace('"$found"', '"$found');
    await expect(systemCommands.run(['shellcheck', '--shell=sh', '-'], { input: spoilt })).rejects.toThrow(
      CommandFailed,
    );
  });
});
