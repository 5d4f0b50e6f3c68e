/**
 * Which VIPs the director holds: those of all services in force. One that services share goes with the last of them.
 */
import { isIPv6 } from 'node:net';
import type { ReportedCondition } from '../contract/report.js';
import { vipsAnnounced, vipsHeld, vipsLocked } from './conditions.js';
import type { Findings } from './faults.js';
import type { Losses } from './losses.js';
import type { HostReading } from './network/host-reader.js';
import type { Ipv6Takeover } from './network/ipv6-takeover.js';
import type { Survey } from './network/survey.js';
import type { VipAddresses } from './network/vip-addresses.js';
import type { SegmentVoice } from './segment-voice.js';

export class Vips {
  /** How many services in force use each VIP. */
  private counts = new Map<string, number>();
  /** VIPs that should be held and are not; tried again with every change of a service that uses them. */
  private readonly lacking = new Set<string>();
  /** VIPs that stay as they are, although no service in force uses them. */
  private spared: ReadonlySet<string> = new Set();
  private device = '';
  /** VIPs whose trouble was told of after their services came into force. */
  private readonly told = new Set<string>();

  constructor(
    private readonly addresses: VipAddresses,
    private readonly ipv6: Ipv6Takeover,
    private readonly voice: Pick<
      SegmentVoice,
      'announcer' | 'claims' | 'watch' | 'ownerOf' | 'see' | 'deviceFor'
    >,
  ) {}

  /** Which VIPs are not held that should be, and who has one in our place. */
  get holding(): Pick<Findings, 'unheld' | 'ownerOf'> {
    return { unheld: this.lacking, ownerOf: (vip) => this.voice.ownerOf(vip) };
  }

  /** Why VIPs are held without the second lock. */
  get lockTrouble(): string | undefined {
    return this.addresses.lockTrouble;
  }

  /** It is under the second lock, unless somebody took that away. */
  isLocked(vip: string): boolean {
    return this.addresses.isLocked(vip);
  }

  lockStands(): Promise<boolean> {
    return this.addresses.lockStands();
  }

  /**
   * VIPs of services in force but the unheld and those that could not be taken yet: they are tried again, and nobody took
   * them away.
   */
  get taken(): readonly string[] {
    const { claims } = this.voice;
    return [...this.counts.keys()].filter((vip) => !this.lacking.has(vip) && !claims.withholds(vip));
  }

  /** What stands about them. */
  conditions(losses: Losses): readonly ReportedCondition[] {
    const { announcer, claims } = this.voice;
    const { pending } = announcer;
    const troubles = [announcer.trouble, this.ipv6.trouble].filter((each) => each !== undefined);
    const missing = [...new Set([...losses.missing, ...this.lacking])];
    return [
      vipsAnnounced({ pending, troubles }),
      vipsHeld({ ...losses, missing, asked: claims.asked, owned: claims.contested }),
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
    this.silence(this.addresses.ownBut(intended));
    this.voice.claims.forgetBut(intended);
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

  /** It is known now whether anybody else has these. */
  async settle(vips: readonly string[]): Promise<void> {
    const due = vips.filter((vip) => this.usesOf(vip) > 0);
    for (const vip of due) this.lacking.delete(vip);
    await this.hold(due, []);
  }

  /**
   * Those of these VIPs whose services have to be told of anew: somebody has them, or they cannot be held, or that was so
   * when they were told of last.
   */
  worthTelling(vips: readonly string[]): ReadonlySet<string> {
    const isTrouble = (vip: string): boolean =>
      this.lacking.has(vip) || this.voice.claims.ownersOf(vip) !== undefined;
    const worth = vips.filter((vip) => isTrouble(vip) || this.told.has(vip));
    for (const vip of worth) {
      if (isTrouble(vip)) this.told.add(vip);
      else this.told.delete(vip);
    }
    return new Set(worth);
  }

  /** Nothing is said or asked of these any more. */
  private silence(vips: readonly string[]): void {
    this.voice.announcer.withdraw(vips);
    this.voice.watch.forget(vips);
  }

  private async letGo(vips: readonly string[]): Promise<void> {
    this.silence(vips);
    this.voice.claims.forget(vips);
    await this.addresses.remove(vips);
    if (vips.some(isIPv6) && !this.holdsIpv6Beside(vips)) await this.ipv6.giveBack();
  }

  /** What a reading shows to be somebody else's now is not removed with the last service that uses it. */
  see(reading: HostReading, place: Survey): void {
    this.addresses.see(reading.interfaces);
    this.voice.see(reading, place);
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
    const { announcer, claims, watch } = this.voice;
    const absent = due.filter((vip) => !this.addresses.has(vip));
    const free = new Set(this.bySegment(absent).flatMap(([device, vips]) => claims.free(vips, device)));
    const taken = due.filter((vip) => this.addresses.has(vip) || free.has(vip));
    if (taken.some(isIPv6)) await this.ipv6.prepare(this.device);
    const { fresh, missing } = await this.addresses.add(taken, this.device);
    for (const vip of missing) this.lacking.add(vip);
    this.silence(missing);
    const held = taken.filter((vip) => this.addresses.has(vip));
    claims.took(held);
    for (const [device, some] of this.bySegment(held)) announcer.keep(some, device);
    watch.watch(held);
    for (const [device, some] of this.bySegment([...restored, ...fresh])) announcer.announce(some, device);
  }

  /** By the interface on whose segment they are spoken of, which need not be the one that holds them. */
  private bySegment(vips: readonly string[]): readonly (readonly [string, readonly string[]])[] {
    const found = new Map<string, string[]>();
    for (const vip of vips) {
      const device = this.voice.deviceFor(vip) ?? this.device;
      const some = found.get(device);
      if (some === undefined) found.set(device, [vip]);
      else some.push(vip);
    }
    return [...found];
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
