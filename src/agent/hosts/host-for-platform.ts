/** What drives, and what reads, the operating system that this process runs on. */
import type { CommandRunner } from '../../platform/command-runner.js';
import type { Logger } from '../../platform/logger.js';
import { isPipeLocked, lockPipe, pipeFor, type HeldLock } from '../../platform/pipe-lock.js';
import type { Examine } from '../doctor/examined.js';
import type { ReadHost } from '../proofs/host-readings.js';
import type { Inspect } from '../verify/comparison.js';
import type { HostDriver } from './host-driver.js';
import type { HostWatch } from '../../platform/host-watch.js';
import { ANOTHER_AGENT } from './another-agent.js';
import { isHostLocked, lockHost } from './linux/host-lock.js';
import { linuxExaminer } from './linux/examine-linux.js';
import { linuxInspector } from './linux/inspect-linux.js';
import { LinuxHost } from './linux/linux-host.js';
import { linuxReader } from './linux/read-for-proofs.js';
import { watchKernel } from './linux/watch-kernel.js';
import { windowsExaminer } from './windows/examine-windows.js';
import { windowsInspector } from './windows/inspect-windows.js';
import { windowsReader } from './windows/read-for-proofs.js';
import { WindowsHost } from './windows/windows-host.js';

interface Host {
  readonly driver: HostDriver;
  readonly readHost: ReadHost;
  readonly inspect: Inspect;
  readonly examine: Examine;
  /** Takes the lock that one agent of a host has; rejects when another has it. `runDir`: where it may be. */
  readonly lock: (runDir: string) => Promise<HeldLock>;
  /** Whether an agent has that lock. */
  readonly isLocked: (runDir: string) => Promise<boolean>;
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
        inspect: linuxInspector(commands, sysctlDir),
        examine: linuxExaminer(commands, sysctlDir),
        lock: lockHost,
        isLocked: isHostLocked,
        watchHost: watchKernel,
      };
    case 'win32':
      return {
        driver: new WindowsHost(commands),
        readHost: windowsReader(commands),
        inspect: windowsInspector(commands),
        examine: windowsExaminer(commands),
        lock: () => lockPipe(pipeFor('agent'), ANOTHER_AGENT),
        isLocked: () => isPipeLocked(pipeFor('agent')),
        watchHost: () => undefined,
      };
    default:
      throw new Error(`there is no agent for ${platform}`);
  }
}
