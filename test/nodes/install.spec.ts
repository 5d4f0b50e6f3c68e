/**
 * The line that operators paste, on a host with a root of its own and against a real API: it installs, joins, upgrades,
 * goes back from a bad upgrade, and leaves nothing behind and all alone that is not its own.
 */
import { execFile, type ChildProcess } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IS_MACHINES_ROOT } from '../support/machines-root.js';
import { createNetwork, stopProcess, type Host, type Network } from '../support/namespaces.js';
import { OwnRoot } from '../support/own-root.js';
import { untilSo } from '../support/until-so.js';

const ADMIN = 'hwt_the-admin-of-the-tests-0123456789';
const URL = 'http://127.0.0.1:3000';
/** In the form of a join token, and known to nobody. */
const NO_TOKEN = `hwj_${'t'.repeat(43)}`;
const HOST = '192.0.2.11';
const VIP = '192.0.2.200';
const PATIENCE_MS = 15_000;
const UNINSTALL = '/usr/local/lib/homeward/current/install.sh';
const SETTINGS = '/etc/homeward/agent.env';
const INSTALLED = '/usr/local/lib/homeward/current/homeward-agent.cjs';

/** A director's, in the folders of its role. */
const FOREIGN = [
  '/var/lib/homeward/identity.json',
  '/var/lib/homeward/held-1.journal',
  '/run/homeward/a-lock',
  '/etc/homeward/engine.env',
];

interface Answer {
  readonly id: string;
  readonly installCommands: { readonly linux: string };
  readonly items: readonly { readonly state: string }[];
}

let folder: string;
let network: Network;
let host: Host;
let root: OwnRoot;
let api: ChildProcess;
let before: Awaited<ReturnType<typeof traces>>;

/** What the API hands out, where a test can change it. */
const handedOut = () => join(folder, 'install');

beforeAll(async () => {
  if (!IS_MACHINES_ROOT) return;
  folder = await mkdtemp(join(tmpdir(), 'homeward-install-'));
  await cp('dist/install', handedOut(), { recursive: true });
  network = await createNetwork({ prefix: `hw${process.pid}inst` });
  host = await network.addHost({
    name: 'real',
    links: [{ bridge: 'lan', mac: '02:00:00:00:00:bb', addresses: [`${HOST}/24`] }],
    routes: [{ to: 'default', via: '192.0.2.1' }],
  });
  root = await OwnRoot.open(host);
  for (const path of FOREIGN) await put(path, 'of a director');
  await changeHandedOut('install.sh', (text) => text.replace('SETTLE_SECONDS=2', 'SETTLE_SECONDS=0'));
  api = startApi();
  await untilSo(async () => (await ask('/readyz')).code === 0, 'the API', PATIENCE_MS);
  before = await traces();
});

afterAll(async () => {
  if (!IS_MACHINES_ROOT) return;
  await root.close();
  await network.close();
  await rm(folder, { recursive: true, force: true });
});

/** A file inside, with the folders on the way to it. */
async function put(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(root.path(path)), { recursive: true });
  await writeFile(root.path(path), text, { mode });
}

async function changeHandedOut(name: string, change: (text: string) => string): Promise<void> {
  const path = join(handedOut(), name);
  await writeFile(path, change(await readFile(path, 'utf8')));
}

/** The line with a token, as it is pasted. */
const lineWith = (token: string) =>
  `curl -fsSL ${URL}/install.sh | HOMEWARD_JOIN_TOKEN=${token} sh -s -- --api-url ${URL}`;

/** On the machine's own root, in the network of the host; what it hands out lies in our folder. */
function startApi(): ChildProcess {
  const start = 'mount --bind "$1" dist/install && exec "$2" dist/src/main.js api';
  return host.spawn(['unshare', '--mount', 'sh', '-c', start, 'sh', handedOut(), process.execPath], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      HOMEWARD_DATA_DIR: join(folder, 'data'),
      HOMEWARD_ADMIN_TOKEN: ADMIN,
      HOMEWARD_LOG_LEVEL: 'warn',
    },
  });
}

/** A request of an operator. */
async function ask(path: string, body?: object): Promise<{ code: number; answer: Answer }> {
  const data = body === undefined ? [] : ['--json', JSON.stringify(body)];
  const { code, output } = await root.run([
    'curl',
    '-fsS',
    '-H',
    `Authorization: Bearer ${ADMIN}`,
    ...data,
    `${URL}${path}`,
  ]);
  return { code, answer: code === 0 ? (JSON.parse(output) as Answer) : ({} as Answer) };
}

/** A line as an operator pastes it into a shell. */
function paste(line: string) {
  return root.run(['sh', '-c', line]);
}

/** All that an agent leaves on a host. */
async function traces() {
  const output = async (...argv: [string, ...string[]]) => (await root.run(argv)).output;
  const pattern = String.raw`net\.ipv[46]\.conf\..*\.(arp_|ndisc|forwarding)`;
  const [files, volatile, addresses, guards, settings, processes] = await Promise.all([
    root.changes(),
    output('find', '/run', '-name', '*homeward*', '-not', '-path', '*stand-in*'),
    output('ip', '-o', 'address'),
    output('nft', 'list', 'ruleset'),
    output('sysctl', '-a', '--pattern', pattern),
    output('sh', '-c', 'ps -eo args= | grep -c "homeward-[a]gent"'),
  ]);
  return { files, volatile, addresses, guards, settings, processes };
}

async function bound(): Promise<boolean> {
  return (await root.run(['ip', '-o', 'address', 'show', 'dev', 'lo'])).output.includes(`${VIP}/32`);
}

it('the installer is sh, and shellcheck finds nothing in it', async () => {
  const { stdout } = await promisify(execFile)('shellcheck', ['--shell=sh', 'packaging/install/install.sh']);
  expect(stdout).toBe('');
});

describe.runIf(IS_MACHINES_ROOT)('the line that installs an agent', () => {
  it('does nothing when its download broke off, wherever it did', async () => {
    const script = await readFile('packaging/install/install.sh', 'utf8');
    const lengths = [0, 1, 400, 2_000, 5_000, script.length - 20, script.length - 4, script.length - 2];
    for (const length of lengths) {
      await root.run(['sh', '-s', '--', '--api-url', URL], script.slice(0, length));
      expect(await traces(), `${length} bytes`).toEqual(before);
    }
  });

  it.each([
    ['no URL', '--api-url', "http://a/';touch /tmp/owned;'"],
    ['a URL with more behind it', '--api-url', 'http://a b'],
    ['a URL of two lines', '--api-url', 'http://a\nhttp://b'],
    ['a token where others can read it', '--join-token', NO_TOKEN],
    ['a file that holds no token', '--join-token-file', '/etc/passwd'],
    ['an option that nobody knows', '--prefix', '/'],
  ])('refuses %s, and does not repeat it', async (_what, option, value) => {
    const script = await readFile('packaging/install/install.sh', 'utf8');
    const { code, output } = await root.run(['sh', '-s', '--', option, value], script);
    expect(code).toBe(1);
    expect(output).not.toContain(value);
    expect(await traces()).toEqual(before);
  });

  it('leaves nothing when a file is not what its checksum says', async () => {
    // In place of the way between, on which a byte is lost.
    const lossy = [
      '#!/bin/sh',
      '/usr/bin/curl "$@" || exit',
      'for word; do if [ "$before" = -o ]; then file=$word; fi; before=$word; done',
      'case $* in *homeward-agent.cjs*) echo >>"$file" ;; esac',
    ].join('\n');
    await writeFile(root.path('/usr/local/bin/curl'), lossy, { mode: 0o755 });
    const { code, output } = await paste(lineWith(NO_TOKEN));
    await rm(root.path('/usr/local/bin/curl'));
    expect([code, output]).toEqual([1, expect.stringContaining('homeward-agent.cjs is damaged')]);
    expect(await traces()).toEqual(before);
  });

  it('leaves nothing when the token is refused, and says why', async () => {
    const { code, output } = await paste(lineWith(NO_TOKEN));
    expect([code, output]).toEqual([1, expect.stringContaining('refused the join token')]);
    expect(await traces()).toEqual(before);
  });

  it('leaves nothing when the line is lost on which it runs', async () => {
    await put('/usr/local/bin/curl', '#!/bin/sh\nkill -HUP $PPID\nsleep 0.2\n', 0o755);
    const script = await readFile('packaging/install/install.sh', 'utf8');
    const { code } = await root.run(['sh', '-s', '--', '--api-url', URL], script);
    await rm(root.path('/usr/local/bin/curl'));
    expect(code).toBe(130);
    expect(await traces()).toEqual(before);
  });

  it.each([
    ['/usr/local/bin/homeward', ''],
    ['/var/lib/homeward-agent', '/identity.json'],
    ['/etc/homeward/agent.env', ''],
    ['/usr/local/lib/homeward', '/current'],
    ['/etc/systemd/system/homeward-agent.service', ''],
  ])('touches nothing where somebody else has %s', async (path, inside) => {
    await put(`${path}${inside}`, 'of somebody else');
    const foreign = await traces();
    const script = await readFile('packaging/install/install.sh', 'utf8');
    for (const words of [['--api-url', URL], ['--uninstall']]) {
      const { code, output } = await root.run(['sh', '-s', '--', ...words], script);
      expect(code, output).toBe(1);
      expect(await traces()).toEqual(foreign);
    }
    await rm(root.path(path), { recursive: true });
    expect(await traces()).toEqual(before);
  });

  it('keeps everything where the agent that failed cannot let go, until it can', async () => {
    const good = await readFile(join(handedOut(), 'homeward-agent.cjs'), 'utf8');
    const joinsAlone = "process.exit(process.argv.includes('join') ? 0 : 1);\n";
    await changeHandedOut('homeward-agent.cjs', () => joinsAlone);
    const { code, output } = await paste(lineWith(NO_TOKEN));
    await changeHandedOut('homeward-agent.cjs', () => good);
    expect([code, output]).toEqual([1, expect.stringContaining('what was installed stays')]);
    expect((await root.run(['cat', INSTALLED])).output).toBe(joinsAlone);
    await root.run(['truncate', '--size=0', INSTALLED]);
    expect(await root.run([UNINSTALL, '--uninstall'])).toMatchObject({ code: 0 });
    expect(await traces()).toEqual(before);
  });

  it('installs, joins, and is online', async () => {
    const { answer } = await ask('/v1/nodes', { name: 'web-1', role: 'agent', addresses: [HOST] });
    await ask('/v1/virtual-services', {
      name: 'shop',
      address: VIP,
      port: 80,
      protocol: 'tcp',
      realServers: [{ address: HOST }],
    });
    const { code, output } = await paste(answer.installCommands.linux);
    expect(code, output).toBe(0);
    expect(output).toContain('the agent runs, and has joined');
    // What `homeward agent verify` prints of the VIP.
    expect(output).toContain(VIP);
    await untilSo(bound, 'the VIP', PATIENCE_MS);
    const nodes = await ask('/v1/nodes?name=web-1');
    expect(nodes.answer.items[0]?.state).toBe('connected');
    // What is compared at the end would show if any of it stayed.
    const now = await traces();
    for (const trace of ['files', 'volatile', 'addresses', 'guards', 'settings', 'processes'] as const) {
      expect(now[trace], trace).not.toEqual(before[trace]);
    }
  });

  it('brings a Node where there is none, and units that systemd takes', async () => {
    const node = await root.run(['readlink', '-f', '/usr/local/lib/homeward/current/node']);
    expect(node.output).toMatch(/^\/usr\/local\/lib\/homeward\/node-[0-9a-f]{64}\n$/);
    const units = ['homeward-agent', 'homeward-agent-boot'].map(
      (name) => `/etc/systemd/system/${name}.service`,
    );
    expect(await root.run(['systemd-analyze', 'verify', ...units])).toEqual({ code: 0, output: '' });
    expect((await root.run(['homeward', '--version'])).output).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('keeps the credential for its owner alone, and the token nowhere', async () => {
    const { output } = await root.run([
      'stat',
      '-c',
      '%a',
      '/var/lib/homeward-agent',
      '/var/lib/homeward-agent/identity.json',
      '/etc/homeward/agent.env',
    ]);
    expect(output.split('\n')).toEqual(['700', '600', '600', '']);
    const found = await root.run([
      'grep',
      '-rl',
      'hwj_',
      '/etc/homeward',
      '/var/lib/homeward-agent',
      '/etc/systemd/system',
      '/usr/local/bin',
    ]);
    expect(found.output).toBe('');
  });

  it('run again, changes nothing; with another agent at the API, upgrades in place', async () => {
    const again = await paste(`curl -fsSL ${URL}/install.sh | sh`);
    expect([again.code, again.output]).toEqual([0, expect.stringContaining('this release runs already')]);
    await appendFile(join(handedOut(), 'homeward-agent.cjs'), '\n// another one\n');
    const { code, output } = await paste(`curl -fsSL ${URL}/install.sh | sh`);
    expect(code, output).toBe(0);
    expect((await root.run(['cat', INSTALLED])).output).toMatch(/another one\n$/);
    expect(await bound()).toBe(true);
  });

  it('goes back to the agent and the settings of before when the new one lives and never reports', async () => {
    const good = await readFile(join(handedOut(), 'homeward-agent.cjs'), 'utf8');
    await changeHandedOut('homeward-agent.cjs', () => 'setInterval(() => undefined, 1_000);\n');
    await changeHandedOut('install.sh', (text) => text.replace('REPORT_SECONDS=20', 'REPORT_SECONDS=1'));
    const settings = (await root.run(['cat', SETTINGS])).output;
    const elsewhere = URL.replace('127.0.0.1', 'localhost');
    const { code, output } = await paste(`curl -fsSL ${URL}/install.sh | sh -s -- --api-url ${elsewhere}`);
    expect([code, output]).toEqual([1, expect.stringContaining('the agent of before runs again')]);
    expect((await root.run(['cat', INSTALLED])).output).toBe(good);
    expect((await root.run(['cat', SETTINGS])).output).toBe(settings);
    expect((await root.run(['systemctl', 'is-active', '--quiet', 'homeward-agent.service'])).code).toBe(0);
    expect(await bound()).toBe(true);
  });

  it('goes by the settings of the unit, with the command and when it is asked to go', async () => {
    const settings = (await root.run(['cat', SETTINGS])).output;
    const verify = () => root.run(['homeward', 'agent', 'verify']);
    expect(await verify()).toMatchObject({ code: 0 });
    await writeFile(root.path(SETTINGS), `${settings}HOMEWARD_LOG_LEVEL=loud\n`);
    for (const told of [await verify(), await root.run([UNINSTALL, '--uninstall'])]) {
      expect([told.code > 0, told.output]).toEqual([true, expect.stringContaining('HOMEWARD_LOG_LEVEL')]);
    }
    await writeFile(root.path(SETTINGS), settings);
    expect(await root.run(['systemctl', 'restart', 'homeward-agent.service'])).toMatchObject({ code: 0 });
  });

  it('stays while directors may send it packets, unless it is forced to go', async () => {
    const { code, output } = await root.run([UNINSTALL, '--uninstall']);
    expect([code, output]).toEqual([1, expect.stringContaining(`${VIP}: still wanted on this host`)]);
    expect(await bound()).toBe(true);
    expect((await root.run(['systemctl', 'is-active', '--quiet', 'homeward-agent.service'])).code).toBe(0);
  });

  it('leaves the host as it was when it is forced to go, without the API too', async () => {
    await stopProcess(api);
    const { code, output } = await root.run([UNINSTALL, '--uninstall', '--force']);
    expect(code, output).toBe(0);
    expect(await traces()).toEqual(before);
  });
});
