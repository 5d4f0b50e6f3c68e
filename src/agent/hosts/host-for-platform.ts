/** What drives, and what reads, the operating system that this process runs on. */
import type { CommandRunner } from '../../platform/command-runner.js';
import type { Logger } from '../../platform/logger.js';
import type { HostDriver } from '../host-driver.js';
import type { HostWatch } from '../host-watch.js';
import type { ReadHost } from '../proofs/host-readings.js';
import { lockHost } from './linux/host-lock.js';
import { LinuxHost } from './linux/linux-host.js';
import { linuxReader } from './linux/read-for-proofs.js';
import { KernelWatch } from './linux/watch-kernel.js';
import { readNothing } from './windows/read-nothing.js';
import { WindowsHost } from './windows/windows-host.js';

interface Host {
  readonly driver: HostDriver;
  readonly readHost: ReadHost;
  /** Takes the lock that one agent of a host has; rejects when another has it. `runDir`: where it may be. */
  readonly lock: (runDir: string) => Promise<{ close(): Promise<void> }>;
  /** Undefined: the system tells of nothing, and is looked over by poll alone. */
  readonly watchHost: (logger: Logger) => HostWatch | undefined;
}

/** `sysctlDir`: where a Linux host keeps settings that it sets at boot. */
export function hostForPlatform(platform: NodeJS.Platform, commands: CommandRunner, sysctlDir: string): Host {
  switch (platform) {
    case 'linux':
      return {
        driver: new LinuxHost(commands, sysctlDir),
        readHost: linuxReader(commands),
        lock: lockHost,
        watchHost: (logger) => new KernelWatch(logger),
      };
    case 'win32':
      return {
        driver: new WindowsHost(commands),
        readHost: readNothing,
        lock: lockNothing,
        watchHost: () => undefined,
      };
    default:
      throw new Error(`there is no agent for ${platform}`);
  }
}

/** Windows runs a service once. */
const lockNothing: Host['lock'] = () => Promise.resolve({ close: () => Promise.resolve() });
