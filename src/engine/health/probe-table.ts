/** The director's side of the probe's way in the kernel: puts it there, and tells whether it still is as it was put. */
import type { CommandRunner } from '../../platform/command-runner.js';
import {
  OUTER_LINK,
  PROBE_TABLE,
  probeTableText,
  reachedHostsText,
  type ReachedHost,
} from './probe-table-text.js';

const WORDS = PROBE_TABLE.split(' ');
/** A table or a link that is not there is an answer as well. */
const MAY_LACK = { exitCodes: [0, 1] };

export class ProbeTable {
  /** As nft lists the rules while they are right. */
  private listed = '';

  constructor(private readonly commands: CommandRunner) {}

  async lay(devices: readonly string[], hosts: readonly ReachedHost[]): Promise<void> {
    await this.load(probeTableText(devices, hosts));
    this.listed = await this.list();
  }

  async add(hosts: readonly ReachedHost[]): Promise<void> {
    await this.load(reachedHostsText(hosts));
  }

  /** Rejects where the link is gone: no table leads anywhere then. */
  async isWhole(): Promise<boolean> {
    const link = await this.commands.run(['ip', 'link', 'show', OUTER_LINK], MAY_LACK);
    if (link === '') throw new Error('the link to the probe is gone');
    const found = await this.list();
    return found !== '' && found === this.listed;
  }

  async remove(): Promise<void> {
    await this.commands.run(['nft', 'delete', 'table', ...WORDS], MAY_LACK);
  }

  private list(): Promise<string> {
    return this.commands.run(['nft', '-t', 'list', 'table', ...WORDS], MAY_LACK);
  }

  private async load(text: string): Promise<void> {
    await this.commands.run(['nft', '-f', '-'], { input: text });
  }
}
