/**
 * Which VIPs the director holds: those of all services in force. One that services share goes with the last of them.
 */
import { isIPv6 } from 'node:net';
import type { ReportedCondition } from '../contract/report.js';
import type { HostInterface } from '../platform/host-interfaces.js';
import { vipsAnnounced, vipsHeld, vipsLocked } from './conditions.js';
import type { Losses } from './losses.js';
import type { Announcer } from './network/announcer.js';
import type { Ipv6Takeover } from './network/ipv6-takeover.js';
import type { VipAddresses } from './network/vip-addresses.js';

export class Vips {
  /** How many services in force use each VIP. */
  private counts = new Map<string, number>();
  /** VIPs that should be held and are not; tried again with every change of a service that uses them. */
  private readonly lacking = new Set<string>();
  /** VIPs that stay as they are, although no service in force uses them. */
  private spared: ReadonlySet<string> = new Set();
  private device = '';

  constructor(
    private readonly addresses: VipAddresses,
    private readonly announcer: Announcer,
    private readonly ipv6: Ipv6Takeover,
  ) {}

  get unheld(): ReadonlySet<string> {
    return this.lacking;
  }

  /** Why VIPs are held without the second lock. */
  get lockTrouble(): string | undefined {
    return this.addresses.lockTrouble;
  }

  /** VIPs of services in force but the unheld: those are tried again with their services, and nobody took them away. */
  get taken(): readonly string[] {
    return [...this.counts.keys()].filter((vip) => !this.lacking.has(vip));
  }

  /** What stands about them. */
  conditions(losses: Losses): readonly ReportedCondition[] {
    const { pending } = this.announcer;
    const troubles = [this.announcer.trouble, this.ipv6.trouble].filter((each) => each !== undefined);
    const missing = [...new Set([...losses.missing, ...this.lacking])];
    return [
      vipsAnnounced({ pending, troubles }),
      vipsHeld({ ...losses, missing }),
      vipsLocked(this.lockTrouble),
    ];
  }

  /** Before the table changes: whatever of ours is among neither goes. None of `spared` comes. */
  async startOver(wanted: ReadonlySet<string>, spared: ReadonlySet<string>, device: string): Promise<void> {
    const intended = new Set([...wanted, ...spared]);
    this.spared = spared;
    this.device = device;
    this.counts = new Map();
    this.lacking.clear();
    this.ipv6.startOver();
    this.announcer.withdraw(this.addresses.ownBut(intended));
    await this.addresses.removeOthers(intended, device);
    if (![...intended].some(isIPv6)) await this.ipv6.giveBack();
  }

  /** After `startOver` and the table: the VIP of each service in force, and none of one that was refused. */
  async takeAll(vips: readonly string[]): Promise<void> {
    this.count(balanceOf(vips.map((to) => ({ from: undefined, to }))));
    await this.letGo(this.addresses.ownBut(new Set([...vips, ...this.spared])));
    await this.hold([...this.counts.keys()], []);
  }

  /** Before the table changes: VIPs that no service would use any more go. */
  async release(moves: readonly VipMove[]): Promise<void> {
    const balance = balanceOf(moves);
    const leaving = [...balance].filter(([vip, by]) => by < 0 && this.usesOf(vip) + by === 0);
    await this.letGo(leaving.map(([vip]) => vip).filter((vip) => !this.spared.has(vip)));
  }

  /** After the table changed: VIPs of the services that are in force now come, or come back. */
  async take(moves: readonly VipMove[]): Promise<void> {
    const balance = balanceOf(moves);
    this.count(balance);
    const due = [...balance.keys()].filter((vip) => this.usesOf(vip) > 0);
    await this.hold(due, await this.addresses.restore(due));
  }

  private async letGo(vips: readonly string[]): Promise<void> {
    this.announcer.withdraw(vips);
    await this.addresses.remove(vips);
    if (vips.some(isIPv6) && !this.holdsIpv6Beside(vips)) await this.ipv6.giveBack();
  }

  /** What a reading shows to be somebody else's now is not removed with the last service that uses it. */
  see(interfaces: readonly HostInterface[]): void {
    this.addresses.see(interfaces);
  }

  private count(balance: ReadonlyMap<string, number>): void {
    for (const [vip, by] of balance) {
      const uses = this.usesOf(vip) + by;
      if (uses === 0) this.counts.delete(vip);
      else this.counts.set(vip, uses);
      this.lacking.delete(vip);
    }
  }

  private usesOf(vip: string): number {
    return this.counts.get(vip) ?? 0;
  }

  private holdsIpv6Beside(leaving: readonly string[]): boolean {
    for (const vip of [...this.counts.keys(), ...this.spared])
      if (isIPv6(vip) && !leaving.includes(vip)) return true;
    return false;
  }

  private async hold(due: readonly string[], restored: readonly string[]): Promise<void> {
    if (due.some(isIPv6)) await this.ipv6.prepare(this.device);
    const { fresh, missing } = await this.addresses.add(due, this.device);
    for (const vip of missing) this.lacking.add(vip);
    this.announcer.announce([...restored, ...fresh], this.device);
  }
}

/** A service changed its VIP; undefined where it had or has none. */
export interface VipMove {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** By how much the uses of each VIP change. One that is named and does not change is in it too. */
function balanceOf(moves: readonly VipMove[]): ReadonlyMap<string, number> {
  const balance = new Map<string, number>();
  const change = (vip: string | undefined, by: number) => {
    if (vip !== undefined) balance.set(vip, (balance.get(vip) ?? 0) + by);
  };
  for (const { from, to } of moves) {
    change(from, -1);
    change(to, 1);
  }
  return balance;
}
