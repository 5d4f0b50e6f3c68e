/** Services on a host of a test network that a director checks; see checked-services.mjs. */
import { once } from 'node:events';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { PACKAGE_ROOT } from '../../src/platform/package-root.js';
import type { Host } from './namespaces.js';

const PROGRAM = join(PACKAGE_ROOT, 'test', 'support', 'checked-services.mjs');

export interface CheckedPort {
  readonly type: 'tcp' | 'http' | 'https' | 'udp';
  readonly port: number;
  readonly address?: string;
  readonly status?: number;
  readonly body?: string;
  readonly reply?: string;
  readonly key?: string;
  readonly cert?: string;
}

export class CheckedServer {
  private child: ChildProcess | undefined;

  constructor(private readonly host: Host) {}

  /** Unless they are there already. */
  async start(ports: readonly CheckedPort[]): Promise<void> {
    if (this.child !== undefined) return;
    const child = this.host.spawn([process.execPath, PROGRAM, JSON.stringify(ports)]);
    this.child = child;
    if (child.stdout !== null) await once(child.stdout, 'data');
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
  }
}
