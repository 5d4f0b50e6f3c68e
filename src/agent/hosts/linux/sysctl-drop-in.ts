/**
 * The settings of silence as a file of sysctl.d, under a name that sorts behind others: systemd-sysctl sets these last.
 * Not so `sysctl --system` of procps, which reads /etc/sysctl.conf after sysctl.d, and ufw, which sets its own when it
 * starts; what they undo shows as drift and is repaired. The file has one constant name and belongs to the agent.
 */
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  readFileIfThere,
  syncDirectory,
  temporaryOf,
  writeFileAtomically,
} from '../../../platform/state-file.js';
import { BOOT_SETTINGS_FILE } from '../../../setup/linux/arp-settings.js';
import type { HostSettings } from '../host-driver.js';

/** Anybody may read what the kernel shows to anybody. */
const MODE = 0o644;
const HEAD =
  '# Written by homeward agent, and removed when its last IPv4 VIP has left: no ARP for VIPs on lo.';

export class SysctlDropIn {
  readonly path: string;

  constructor(directory: string) {
    this.path = join(directory, BOOT_SETTINGS_FILE);
  }

  /** A file that cannot be read keeps nothing, and is no reason not to look at the rest of the host. */
  async holds(settings: HostSettings): Promise<boolean> {
    const text = await readFileIfThere(this.path).catch(() => undefined);
    return text === dropInText(settings);
  }

  /** Writes only what differs. */
  async write(settings: HostSettings): Promise<void> {
    if (await this.holds(settings)) return;
    await mkdir(dirname(this.path), { recursive: true });
    await writeFileAtomically(this.path, dropInText(settings), { mode: MODE });
  }

  /** And what a kill left half written of it. */
  async remove(): Promise<void> {
    const paths = [this.path, temporaryOf(this.path)];
    const there = await Promise.all(paths.map(async (path) => (await readFileIfThere(path)) !== undefined));
    if (!there.includes(true)) return;
    for (const path of paths) await rm(path, { force: true });
    await syncDirectory(dirname(this.path));
  }
}

/** `settings`: by their names below net.ipv4.conf, such as `all/arp_ignore`. */
function dropInText(settings: HostSettings): string {
  const lines = Object.entries(settings).map(
    ([name, value]) => `net.ipv4.conf.${name.replace('/', '.')} = ${value}`,
  );
  return `${[HEAD, ...lines.sort()].join('\n')}\n`;
}
