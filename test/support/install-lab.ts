/**
 * A host with a root of its own on which agents are installed, and a real API in its network that hands out files which
 * a test can change. It tells all that an agent leaves on a host.
 */
import type { ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createNetwork, stopProcess, type Host, type Network } from './namespaces.js';
import { OwnRoot, type Finished } from './own-root.js';
import { untilSo } from './until-so.js';

export const API_URL = 'http://127.0.0.1:3000';
/** In the form of a join token, and known to nobody. */
export const NO_TOKEN = `hwj_${'t'.repeat(43)}`;
export const HOST_ADDRESS = '192.0.2.11';
export const INSTALLED = '/usr/local/lib/homeward/current/homeward-agent.cjs';
export const SETTINGS = '/etc/homeward/agent.env';

const ADMIN = 'hwt_the-admin-of-the-tests-0123456789';
const INSTALLER = '/usr/local/lib/homeward/current/install.sh';
const PATIENCE_MS = 60_000;
/** A director's, in the folders of its role. */
const FOREIGN = [
  '/var/lib/homeward/identity.json',
  '/var/lib/homeward/held-1.journal',
  '/run/homeward/a-lock',
  '/etc/homeward/engine.env',
];

export type Traces = Awaited<ReturnType<InstallLab['traces']>>;

interface Answer {
  readonly id: string;
  readonly installCommands: { readonly linux: string };
  readonly items: readonly { readonly id: string; readonly state: string }[];
}

export class InstallLab {
  #api: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly network: Network,
    readonly host: Host,
    readonly root: OwnRoot,
  ) {}

  /** With an API that answers. */
  static async open(name: string): Promise<InstallLab> {
    const folder = await mkdtemp(join(tmpdir(), 'homeward-install-'));
    await cp('dist/install', join(folder, 'install'), { recursive: true });
    const network = await createNetwork({ prefix: `hw${process.pid}${name}` });
    const host = await network.addHost({
      name: 'real',
      links: [{ bridge: 'lan', mac: '02:00:00:00:00:bb', addresses: [`${HOST_ADDRESS}/24`] }],
      routes: [{ to: 'default', via: '192.0.2.1' }],
    });
    const lab = new InstallLab(folder, network, host, await OwnRoot.open(host));
    for (const path of FOREIGN) await lab.put(path, 'of a director');
    await lab.change('install.sh', (text) => text.replace('SETTLE_SECONDS=2', 'SETTLE_SECONDS=0'));
    await lab.startApi();
    return lab;
  }

  async close(): Promise<void> {
    await this.root.close();
    await this.network.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** On the machine's own root, in the network of the host; what it hands out lies in our folder. */
  async startApi(): Promise<void> {
    const start = 'mount --bind "$1" dist/install && exec "$2" dist/src/main.js api';
    const argv = ['sh', '-c', start, 'sh', join(this.folder, 'install'), process.execPath] as const;
    this.#api = this.host.spawn(['unshare', '--mount', ...argv], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        HOMEWARD_DATA_DIR: join(this.folder, 'data'),
        HOMEWARD_ADMIN_TOKEN: ADMIN,
        HOMEWARD_LOG_LEVEL: 'warn',
      },
    });
    await untilSo(async () => (await this.ask('/readyz')).code === 0, 'the API', PATIENCE_MS);
  }

  async stopApi(): Promise<void> {
    if (this.#api !== undefined) await stopProcess(this.#api);
  }

  /** A request of an operator. */
  async ask(path: string, body?: object): Promise<{ code: number; answer: Answer }> {
    const header = `Authorization: Bearer ${ADMIN}`;
    const data = body === undefined ? [] : ['--json', JSON.stringify(body)];
    const argv = ['curl', '-fsS', '-H', header, ...data, `${API_URL}${path}`] as const;
    const { code, output } = await this.root.run([...argv]);
    return { code, answer: code === 0 ? (JSON.parse(output) as Answer) : ({} as Answer) };
  }

  /** A file inside, with the folders on the way to it. */
  async put(path: string, text: string, mode = 0o644): Promise<void> {
    await mkdir(dirname(this.root.path(path)), { recursive: true });
    await writeFile(this.root.path(path), text, { mode });
  }

  /** What the API hands out, from now on. Resolves to what it handed out before. */
  async change(name: string, change: (text: string) => string): Promise<string> {
    const path = join(this.folder, 'install', name);
    const before = await readFile(path, 'utf8');
    await writeFile(path, change(before));
    return before;
  }

  /** A line as an operator pastes it into a shell. */
  paste(line: string): Promise<Finished> {
    return this.root.run(['sh', '-c', line]);
  }

  /** The line with a token that nobody knows, as it is pasted. */
  line(): string {
    return `curl -fsSL ${API_URL}/install.sh | HOMEWARD_JOIN_TOKEN=${NO_TOKEN} sh -s -- --api-url ${API_URL}`;
  }

  install(): Promise<Finished> {
    return this.paste(this.line());
  }

  /** The line without a token. */
  upgrade(words = ''): Promise<Finished> {
    return this.paste(`curl -fsSL ${API_URL}/install.sh | sh -s -- ${words}`);
  }

  uninstall(...words: readonly string[]): Promise<Finished> {
    return this.root.run([INSTALLER, '--uninstall', ...words]);
  }

  /** The installer of this checkout, read from standard input as from a pipe. */
  async runInstaller(words: readonly string[], bytes?: number): Promise<Finished> {
    const script = await readFile('packaging/install/install.sh', 'utf8');
    return this.root.run(['sh', '-s', '--', ...words], script.slice(0, bytes));
  }

  /** While a program of the host is another; `text` can call the real one by its path. */
  async instead<T>(name: string, text: string, act: () => Promise<T>): Promise<T> {
    const path = `/usr/local/bin/${name}`;
    await this.put(path, `#!/bin/sh\n${text}\n`, 0o755);
    try {
      return await act();
    } finally {
      await rm(this.root.path(path));
    }
  }

  /** All that an agent leaves on a host. */
  async traces() {
    const output = async (...argv: [string, ...string[]]) => (await this.root.run(argv)).output;
    const pattern = String.raw`net\.ipv[46]\.conf\..*\.(arp_|ndisc|forwarding)`;
    const [files, volatile, addresses, guards, settings, processes] = await Promise.all([
      this.root.changes(),
      output('find', '/run', '-name', '*homeward*', '-not', '-path', '*stand-in*'),
      output('ip', '-o', 'address'),
      output('nft', 'list', 'ruleset'),
      output('sysctl', '-a', '--pattern', pattern),
      output('sh', '-c', 'ps -eo args= | grep -c "homeward-[a]gent"'),
    ]);
    return { files, volatile, addresses, guards, settings, processes };
  }
}
