/**
 * Has the kernel take an IPv6 VIP at once and say so. Without these settings an address is tentative for one to two
 * seconds of duplicate address detection (RFC 4862, 5.4), in which nobody can resolve it, and nothing is announced.
 * The settings are the interface's, so they stand only while an IPv6 VIP is held there; what they were before is on
 * disk before they change, and is put back also after a crash.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed, type CommandRunner } from '../../platform/command-runner.js';
import { readFileIfThere, writeFileAtomically } from '../../platform/state-file.js';

/** Kernel: Documentation/networking/ip-sysctl.rst. With `accept_dad` 0 there is no detection; `ndisc_notify` announces. */
const WANTED = { accept_dad: '0', ndisc_notify: '1' } as const;

type Setting = keyof typeof WANTED;

const SETTINGS = ['accept_dad', 'ndisc_notify'] as const satisfies readonly Setting[];

interface Before {
  readonly device: string;
  readonly values: Readonly<Record<Setting, string>>;
}

export class Ipv6Takeover {
  private readonly path: string;

  constructor(
    private readonly commands: CommandRunner,
    stateDir: string,
  ) {
    this.path = join(stateDir, 'ipv6-settings.json');
  }

  /** Before the first IPv6 VIP comes to the interface. A host without IPv6 has no such settings, and no such VIP. */
  async prepare(device: string): Promise<void> {
    const before = await this.before();
    if (before?.device === device) return;
    if (before !== undefined) await this.giveBack();
    try {
      await this.remember({ device, values: await this.read(device) });
      await this.write(device, WANTED);
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
    }
  }

  /** After the last IPv6 VIP has left. */
  async giveBack(): Promise<void> {
    const before = await this.before();
    if (before === undefined) return;
    try {
      await this.write(before.device, before.values);
    } catch (error) {
      // The interface is gone, and its settings with it.
      if (!(error instanceof CommandFailed)) throw error;
    }
    await rm(this.path, { force: true });
  }

  private async before(): Promise<Before | undefined> {
    const text = await readFileIfThere(this.path);
    return text === undefined ? undefined : (JSON.parse(text) as Before);
  }

  private remember(before: Before): Promise<void> {
    return writeFileAtomically(this.path, JSON.stringify(before), { mode: 0o600 });
  }

  private async read(device: string): Promise<Before['values']> {
    const text = await this.commands.run([
      'sysctl',
      '-n',
      ...SETTINGS.map((setting) => nameOf(device, setting)),
    ]);
    const [accept_dad = '', ndisc_notify = ''] = text.trim().split('\n');
    return { accept_dad, ndisc_notify };
  }

  private async write(device: string, values: Before['values']): Promise<void> {
    const words = SETTINGS.map((setting) => `${nameOf(device, setting)}=${values[setting]}`);
    await this.commands.run(['sysctl', '-q', '-w', ...words]);
  }
}

/** With slashes, for an interface's name may hold dots. */
function nameOf(device: string, setting: Setting): string {
  return `net/ipv6/conf/${device}/${setting}`;
}
