/**
 * Tells the neighbours that a VIP is at this director now. For IPv4 by one gratuitous ARP per VIP, sent in the
 * background, for a change must not wait for it; for IPv6 the kernel does it by itself (ipv6-takeover.ts).
 */
import { isIPv4 } from 'node:net';
import type { CommandRunner } from '../../platform/command-runner.js';

/** arping stays for a second after what it sent, so several run at a time. */
const AT_ONCE = 16;

export class Announcer {
  private readonly waiting: { readonly vip: string; readonly device: string }[] = [];
  private running = 0;
  private failure: string | undefined;
  private usable: Promise<boolean> | undefined;

  constructor(
    private readonly commands: CommandRunner,
    /** Called when nothing waits any more. */
    private readonly onDone: () => void,
  ) {}

  announce(vips: readonly string[], device: string): void {
    this.waiting.push(...vips.filter((vip) => isIPv4(vip)).map((vip) => ({ vip, device })));
    const workers = Math.min(AT_ONCE - this.running, this.waiting.length);
    for (let started = 0; started < workers; started++) void this.work();
  }

  /** How many VIPs are not announced yet. */
  get pending(): number {
    return this.waiting.length + this.running;
  }

  /** Why the last announcement could not be sent. */
  get trouble(): string | undefined {
    return this.failure;
  }

  private async work(): Promise<void> {
    this.running++;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      await this.send(next.vip, next.device);
    }
    this.running--;
    if (this.running === 0) this.onDone();
  }

  private async send(vip: string, device: string): Promise<void> {
    try {
      this.usable ??= this.isIputils();
      if (!(await this.usable)) return;
      await this.commands.run(['arping', '-q', '-U', '-c', '1', '-I', device, vip]);
      this.failure = undefined;
    } catch (error) {
      this.failure = `Gratuitous ARP could not be sent: ${error instanceof Error ? error.message : String(error)}. Neighbours that knew another owner of the VIP stay with it until their entry expires.`;
    }
  }

  /** Two programs bear the name; the other one understands these options differently. */
  private async isIputils(): Promise<boolean> {
    const shown = await this.commands.run(['arping', '-V']);
    if (shown.includes('iputils')) return true;
    this.failure = 'The program arping is not the one of iputils. Install the package iputils-arping.';
    return false;
  }
}
