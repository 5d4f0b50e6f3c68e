/**
 * Runs the inner half of the lab in user, network, mount and process namespaces of its own, which needs no root.
 * Whatever ends this process or that one ends all that was started in there: the kernel kills a process namespace
 * with its first process. Nothing inside can reach an interface of the host.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Findings } from './findings.js';
import {
  SETTINGS_VARIABLE,
  type FromInside,
  type InsideSettings,
  type ToInside,
} from './sandbox-messages.js';

const INSIDE = fileURLToPath(new URL('./inside.js', import.meta.url));
const NAMESPACES = ['unshare', '-Urnm', '--fork', '--pid', '--kill-child', '--mount-proc', '--'];
/** For stopping all programs, each of which has a grace of its own. */
const STOP_LIMIT_MS = 15_000;
const SAME_STOP_MS = 500;

const NO_NAMESPACES = `This machine lets this user make no namespaces (unshare -Urnm --fork --pid --mount-proc).
Run the lab as root, or allow it: sysctl kernel.unprivileged_userns_clone=1, and where AppArmor restricts it
sysctl kernel.apparmor_restrict_unprivileged_userns=0.`;

export class Sandbox {
  /** Resolves when the steps are done and all stays up; never in a run that ends by itself. */
  readonly up: Promise<void>;
  /** Resolves to the findings, or null when the inside died without any. */
  readonly ended: Promise<Findings | null>;
  private findings: Findings | null = null;
  private wasInside = false;
  private stopAskedAt: number | undefined;

  private constructor(private readonly child: ChildProcess) {
    let isUp: () => void = () => undefined;
    this.up = new Promise((resolve) => (isUp = resolve));
    child.on('message', (message: FromInside) => {
      if (message.kind === 'inside') this.wasInside = true;
      if (message.kind === 'up') isUp();
      if (message.kind === 'done') this.findings = message.findings;
    });
    this.ended = new Promise((resolve) => child.once('close', () => resolve(this.result())));
  }

  static start(settings: InsideSettings): Sandbox {
    const argv = ['--pdeathsig', 'KILL', '--', ...NAMESPACES, process.execPath, INSIDE];
    const child = spawn('setpriv', argv, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, [SETTINGS_VARIABLE]: JSON.stringify(settings) },
      // A session of its own: Ctrl-C reaches the outer process alone, which then takes all down in order.
      detached: true,
    });
    child.on('error', (error) => process.stderr.write(`${error.message}\n`));
    return new Sandbox(child);
  }

  /** In good order; asked again, at once. One Ctrl-C may come twice, from the terminal and from npm. */
  stop(): void {
    this.stopAskedAt ??= performance.now();
    if (performance.now() - this.stopAskedAt > SAME_STOP_MS) this.child.kill('SIGKILL');
    const order: ToInside = { kind: 'stop' };
    if (this.child.connected) this.child.send(order, () => undefined);
    setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS).unref();
  }

  private result(): Findings | null {
    if (!this.wasInside) process.stderr.write(`${NO_NAMESPACES}\n`);
    return this.findings;
  }
}
