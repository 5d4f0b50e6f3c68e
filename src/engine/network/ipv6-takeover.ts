/**
 * Has the kernel take an IPv6 VIP at once and say so. Without these settings an address is tentative for one to two
 * seconds of duplicate address detection (RFC 4862, 5.4), in which nobody can resolve it, and nothing is announced.
 * The settings are the interface's, so they stand only while an IPv6 VIP is held there; what they were before is on
 * disk before they change, and is put back also after a crash. A reboot forgets the settings and not the file.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeText, exactly, strictDecoder } from '../../contract/strict-decoder.js';
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

const NUMBER = { type: 'string', pattern: '^-?[0-9]{1,9}$' };
const decodeBefore = strictDecoder<Before>(
  exactly({
    device: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$' },
    values: exactly({ accept_dad: NUMBER, ndisc_notify: NUMBER }),
  }),
);

export class Ipv6Takeover {
  private readonly path: string;
  /** What the settings were; null: they are not ours to put back. Undefined until the file was read. */
  private known: Before | null | undefined;
  /** Interface whose settings were written since the last `startOver`. */
  private ready: string | undefined;
  private failure: string | undefined;

  constructor(
    private readonly commands: CommandRunner,
    stateDir: string,
  ) {
    this.path = join(stateDir, 'ipv6-settings.json');
  }

  /** Why an IPv6 VIP is not usable or not announced at once. */
  get trouble(): string | undefined {
    return this.failure;
  }

  /** Nothing is taken for granted any more: the interface may be another under the same name. */
  startOver(): void {
    this.ready = undefined;
  }

  /** Before an IPv6 VIP comes to the interface. A host without IPv6 has no such settings, and no such VIP. */
  async prepare(device: string): Promise<void> {
    if (this.ready === device) return;
    const before = await this.before();
    if (before !== null && before.device !== device) await this.giveBack();
    try {
      const [ofAll, now] = await Promise.all([this.read('all'), this.read(device)]);
      if (this.known === null) await this.remember({ device, values: now });
      await this.write(device, WANTED);
      this.failure = troubleWith(ofAll, device);
      this.ready = device;
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      this.failure = `The settings that let IPv6 VIPs be taken at once cannot be made on ${device}: ${error.message}`;
    }
  }

  /** After the last IPv6 VIP has left. */
  async giveBack(): Promise<void> {
    const before = await this.before();
    this.ready = undefined;
    this.failure = undefined;
    if (before === null) return;
    try {
      await this.write(before.device, before.values);
    } catch (error) {
      // The interface is gone, and its settings with it.
      if (!(error instanceof CommandFailed)) throw error;
    }
    await rm(this.path, { force: true });
    this.known = null;
  }

  private async before(): Promise<Before | null> {
    if (this.known !== undefined) return this.known;
    const text = await readFileIfThere(this.path);
    const decoded = text === undefined ? undefined : decodeText(decodeBefore, text);
    // A file that makes no sense tells nothing; what is found now is remembered in its place.
    this.known = decoded?.ok === true ? decoded.value : null;
    return this.known;
  }

  private async remember(before: Before): Promise<void> {
    await writeFileAtomically(this.path, JSON.stringify(before), { mode: 0o600 });
    this.known = before;
  }

  private async read(device: string): Promise<Before['values']> {
    const names = SETTINGS.map((setting) => nameOf(device, setting));
    const text = await this.commands.run(['sysctl', '-n', ...names]);
    const [accept_dad = '', ndisc_notify = ''] = text.trim().split('\n');
    return { accept_dad, ndisc_notify };
  }

  private async write(device: string, values: Before['values']): Promise<void> {
    const words = SETTINGS.map((setting) => `${nameOf(device, setting)}=${values[setting]}`);
    await this.commands.run(['sysctl', '-q', '-w', ...words]);
  }
}

/** The kernel detects duplicates when either `all` or the interface says so; `all` is the operator's. */
function troubleWith(ofAll: Before['values'], device: string): string | undefined {
  if (Number(ofAll.accept_dad) < 1) return undefined;
  return `net.ipv6.conf.all.accept_dad is ${ofAll.accept_dad}, which keeps a new IPv6 VIP on ${device} unusable for one to two seconds. Set it to 0.`;
}

/** With slashes, for an interface's name may hold dots. */
function nameOf(device: string, setting: Setting): string {
  return `net/ipv6/conf/${device}/${setting}`;
}
