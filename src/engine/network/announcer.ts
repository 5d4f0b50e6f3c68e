/**
 * Tells the neighbours that a VIP is at this director now. For IPv4 by one gratuitous ARP per VIP, sent in the
 * background, for a change must not wait for it; for IPv6 the kernel does it by itself (ipv6-takeover.ts).
 */
import { isIPv4 } from 'node:net';
import type { CommandRunner } from '../../platform/command-runner.js';
import { someOf } from '../../platform/some-of.js';
import { requireIputilsArping } from './require-iputils-arping.js';

/** arping stays for a second after what it sent, so several run at a time. */
const AT_ONCE = 16;
const RETRY_MS = 10_000;

interface Failed {
  readonly device: string;
  readonly message: string;
}

export class Announcer {
  /** VIPs with the interface of each. */
  private readonly waiting = new Map<string, string>();
  private readonly sending = new Set<string>();
  private readonly running = new Set<Promise<void>>();
  /** VIPs whose announcement failed, to be tried again. */
  private readonly failed = new Map<string, Failed>();
  private retry: NodeJS.Timeout | undefined;
  /** Rejected when announcements cannot work; asked for anew with every retry. */
  private usable: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly commands: CommandRunner,
    /** Called when nothing waits any more. */
    private readonly onDone: () => void,
    private readonly retryMs = RETRY_MS,
  ) {}

  announce(vips: readonly string[], device: string): void {
    if (this.stopped) return;
    for (const vip of vips) if (isIPv4(vip)) this.waiting.set(vip, device);
    this.begin();
  }

  /** These are held no more. */
  withdraw(vips: readonly string[]): void {
    for (const vip of vips) {
      this.waiting.delete(vip);
      this.sending.delete(vip);
      this.failed.delete(vip);
    }
  }

  /** How many VIPs are not announced yet. */
  get pending(): number {
    return this.waiting.size + this.running.size;
  }

  /** Begins nothing more; resolves when what is under way is over. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.waiting.clear();
    clearTimeout(this.retry);
    await Promise.all(this.running);
  }

  /** Why VIPs could not be announced. */
  get trouble(): string | undefined {
    const [first] = this.failed.values();
    if (first === undefined) return undefined;
    return `Gratuitous ARP could not be sent for ${someOf([...this.failed.keys()])}: ${first.message}. Neighbours that knew another owner of the VIP stay with it until their entry expires. This is tried again.`;
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
    this.sending.add(vip);
    try {
      this.usable ??= requireIputilsArping(this.commands);
      await this.usable;
      await this.commands.run(['arping', '-q', '-U', '-c', '1', '-I', device, vip]);
      this.failed.delete(vip);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // Unless it was withdrawn meanwhile.
      if (this.sending.has(vip)) this.failed.set(vip, { device, message });
      this.armRetry();
    }
    this.sending.delete(vip);
  }

  private armRetry(): void {
    if (!this.stopped) this.retry ??= setTimeout(() => this.tryAgain(), this.retryMs);
  }

  /** Each failure is told until its VIP was announced. */
  private tryAgain(): void {
    this.retry = undefined;
    this.usable = undefined;
    for (const [vip, { device }] of this.failed) if (!this.waiting.has(vip)) this.waiting.set(vip, device);
    this.begin();
  }
}
