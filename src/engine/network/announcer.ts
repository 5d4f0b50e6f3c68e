/**
 * Tells the neighbours that a VIP is at this director now. For IPv4 by one gratuitous ARP per VIP, sent in the
 * background, for a change must not wait for it; for IPv6 the kernel does it by itself (ipv6-takeover.ts).
 */
import { isIPv4 } from 'node:net';
import type { CommandRunner } from '../../platform/command-runner.js';

/** arping stays for a second after what it sent, so several run at a time. */
const AT_ONCE = 16;

export class Announcer {
  /** VIPs with the interface of each. */
  private readonly waiting = new Map<string, string>();
  private readonly running = new Set<Promise<void>>();
  private failure: string | undefined;
  private usable: Promise<boolean> | undefined;
  private stopped = false;

  constructor(
    private readonly commands: CommandRunner,
    /** Called when nothing waits any more. */
    private readonly onDone: () => void,
  ) {}

  announce(vips: readonly string[], device: string): void {
    if (this.stopped) return;
    for (const vip of vips) if (isIPv4(vip)) this.waiting.set(vip, device);
    this.begin();
  }

  /** These are held no more. */
  withdraw(vips: readonly string[]): void {
    for (const vip of vips) this.waiting.delete(vip);
  }

  /** How many VIPs are not announced yet. */
  get pending(): number {
    return this.waiting.size + this.running.size;
  }

  /** Begins nothing more; resolves when what is under way is over. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.waiting.clear();
    await Promise.all(this.running);
  }

  /** Why the last announcement could not be sent. */
  get trouble(): string | undefined {
    return this.failure;
  }

  private begin(): void {
    const workers = Math.min(AT_ONCE - this.running.size, this.waiting.size);
    for (let started = 0; started < workers; started++) {
      const worker = this.work().finally(() => {
        this.running.delete(worker);
        // Something may have come in the very moment in which it found nothing.
        this.begin();
        if (this.pending === 0) this.onDone();
      });
      this.running.add(worker);
    }
  }

  private async work(): Promise<void> {
    for (const [vip, device] of this.waiting) {
      this.waiting.delete(vip);
      await this.send(vip, device);
    }
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
