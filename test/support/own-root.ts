/**
 * A host with a root of its own: the machine's, under a layer that takes all writes and can be listed, in mount and
 * process namespaces of its own inside a network namespace. There is no systemd in it; a stand-in for systemctl runs
 * the units that are installed. All of it is gone with its first process. It takes root of the machine.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { existsSync, type Dirent } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './namespaces.js';

/** Of the commands inside: no Node is found there by its name. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const STAND_IN = 'test/support/systemctl-stand-in.mjs';
/** Makes the root below $1 with the Node $2 and the stand-in $3 for systemctl, and stays. Nothing of it is in PATH by the name of node. */
const ENTER = `set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs tmpfs "$1/root/run"
rm -f "$1/root/usr/bin/node" "$1/root/usr/local/bin/node"
mkdir -p "$1/root/run/systemd/system"
touch "$1/root/run/node" "$1/root/run/systemctl.mjs"
mount --bind "$2" "$1/root/run/node"
mount --bind "$3" "$1/root/run/systemctl.mjs"
printf '#!/bin/sh\nexec /run/node /run/systemctl.mjs "$@"\n' >"$1/root/run/systemctl"
chmod 0755 "$1/root/run/systemctl"
rm -f "$1/root/usr/bin/systemctl"
ln -s /run/systemctl "$1/root/usr/bin/systemctl"
exec chroot "$1/root" sh -c 'echo ready && exec sleep infinity'`;

export interface Finished {
  readonly code: number;
  readonly output: string;
}

export class OwnRoot {
  private constructor(
    private readonly host: Host,
    private readonly folder: string,
    private readonly first: ChildProcess,
    /** Of the first process inside, as the machine counts. */
    private readonly pid: number,
  ) {}

  static async open(host: Host): Promise<OwnRoot> {
    const folder = await mkdtemp(join(tmpdir(), 'homeward-root-'));
    const unshare = ['unshare', '--mount', '--pid', '--fork', '--kill-child=KILL'] as const;
    const first = host.spawn([
      ...unshare,
      'sh',
      '-c',
      ENTER,
      'sh',
      folder,
      process.execPath,
      resolve(STAND_IN),
    ]);
    first.stderr?.pipe(process.stderr);
    if (first.stdout === null) throw new Error('there is no output');
    await once(first.stdout, 'data');
    const pid = Number(await readFile(`/proc/${first.pid}/task/${first.pid}/children`, 'utf8'));
    return new OwnRoot(host, folder, first, pid);
  }

  /** Runs a program inside to its end; `input` is what it reads. */
  async run(argv: readonly [string, ...string[]], input = ''): Promise<Finished> {
    const enter = ['nsenter', '--target', String(this.pid), '--mount', '--pid', '--root', '--wd'] as const;
    const child = this.host.spawn([...enter, '--', ...argv], {
      env: { PATH },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.stdin?.on('error', () => undefined).end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? -1, output };
  }

  /** The path of a file inside as others reach it. */
  path(inside: string): string {
    return join(`/proc/${this.pid}/root`, inside);
  }

  /** Every file that was written, made or removed since the machine's root was left, with a digest of what is there. */
  async changes(): Promise<Record<string, string>> {
    const upper = join(`/proc/${this.first.pid}/root`, this.folder, 'upper');
    const entries = await readdir(upper, { recursive: true, withFileTypes: true });
    const described = entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(upper, path), await describeEntry(entry, path)] as const;
    });
    const changes = await Promise.all(described);
    // A folder of the machine shows up here once something in it was touched.
    return Object.fromEntries(
      changes.filter(([path, what]) => what !== 'folder' || !existsSync(join('/', path))),
    );
  }

  async close(): Promise<void> {
    this.first.kill('SIGKILL');
    if (this.first.exitCode === null && this.first.signalCode === null) await once(this.first, 'exit');
    for (let turn = 0; turn < 50; turn += 1) {
      const gone = await rm(this.folder, { recursive: true, force: true }).then(
        () => true,
        () => false,
      );
      if (gone) return;
      await sleep(20);
    }
  }
}

async function describeEntry(entry: Dirent, path: string): Promise<string> {
  if (entry.isDirectory()) return 'folder';
  if (entry.isSymbolicLink()) return `link to ${await readlink(path)}`;
  // How an overlay says that a file of the layer below is gone.
  if (entry.isCharacterDevice()) return 'gone';
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
