/**
 * Asks whether anybody has a VIP before it is taken: RFC 5227 probes, RFC 4862 solicitations, in nobody's name, so that
 * no cache changes by them. Who answers, keeps it; it is asked about again every ten seconds.
 * A VIP that this process has held is not asked about: it only comes back. Other directors of the cluster may hold it as
 * well, and their answers count for nothing. Where nothing can be asked, a VIP is free: better two owners than none.
 * The RFCs wait for seconds; on one segment an answer takes milliseconds, and a change waits for this.
 */
import { pause } from '../../platform/pause.js';
import type { HeardOn, Wire } from '../wire/wire.js';

export interface ClaimTimes {
  /** Between two questions about one VIP, and from the last one to the verdict. 0: nobody is asked. */
  readonly waitMs: number;
  /** Until one that somebody has is asked about again. */
  readonly againMs: number;
}

const TIMES: ClaimTimes = { waitMs: 100, againMs: 10_000 };
const QUESTIONS = 2;
const ASKED_A_SECOND = 5_000;
/** So many VIPs are asked about and taken together, and so long after one another: ten thousand, after a reboot, in four seconds. */
const TOGETHER = 500;
const APART_MS = 200;
const STEP_MS = 20;
/** A verdict of nobody holds for so long, should the VIP not have been taken by then. */
const FREE_FOR_MS = 10_000;

/** Ethernet addresses that are remembered of one VIP: anybody can make them up. */
const MOST_ANSWERS = 64;

interface Claim {
  readonly device: string;
  state: 'asked' | 'free' | 'contested';
  /** Whose it is, sorted. */
  owners: readonly string[];
  /** Who answered since it was asked about last. */
  answers: Set<string>;
  /** When the verdict was found, by `performance.now()`. */
  at: number;
}

type ClaimsByVip = ReadonlyMap<string, Claim>;

export class Claims {
  private readonly claims = new Map<string, Claim>();
  private readonly held = new Set<string>();
  private readonly underWay = new Set<Promise<void>>();
  private again: NodeJS.Timeout | undefined;
  private readonly endListening: () => void;
  private stopped = false;

  constructor(
    private readonly wire: Wire,
    /** Called with what is known of otherwise than before. */
    private readonly onSettled: (vips: readonly string[]) => Promise<void>,
    private readonly times = TIMES,
  ) {
    this.endListening = wire.listen((heard) => this.hear(heard));
  }

  /** Those that may be taken now; the others are asked about, or somebody has them. */
  free(vips: readonly string[], device: string): readonly string[] {
    const now = performance.now();
    const unknown = vips.filter((vip) => !this.held.has(vip) && this.isUnknown(vip, device, now));
    if (unknown.length > 0) this.begin(unknown, device, now);
    return vips.filter((vip) => this.held.has(vip) || this.claims.get(vip)?.state === 'free');
  }

  /** These are held now: what was found of them has served. */
  took(vips: readonly string[]): void {
    for (const vip of vips) this.held.add(vip);
    this.drop(vips);
  }

  /** Nobody wants these any more. */
  forget(vips: readonly string[]): void {
    for (const vip of vips) this.held.delete(vip);
    this.drop(vips);
  }

  /** All but these are wanted no more. */
  forgetBut(vips: ReadonlySet<string>): void {
    this.forget([...this.claims.keys(), ...this.held].filter((vip) => !vips.has(vip)));
  }

  /** It may not be taken now: somebody has it, or it is being asked about. */
  withholds(vip: string): boolean {
    const state = this.claims.get(vip)?.state;
    return state === 'asked' || state === 'contested';
  }

  /** Who has it in our place; undefined: nobody, as far as is known. */
  ownersOf(vip: string): readonly string[] | undefined {
    const found = this.claims.get(vip);
    return found?.state === 'contested' ? found.owners : undefined;
  }

  /** VIPs that somebody else has. */
  get contested(): readonly string[] {
    return [...this.claims].flatMap(([vip, { state }]) => (state === 'contested' ? [vip] : []));
  }

  /** VIPs of which it is not known yet. */
  get asked(): readonly string[] {
    return [...this.claims].flatMap(([vip, { state }]) => (state === 'asked' ? [vip] : []));
  }

  /** Resolves when all that is asked about now is settled. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.again);
    this.endListening();
  }

  private isUnknown(vip: string, device: string, now: number): boolean {
    const known = this.claims.get(vip);
    // What was found on one segment says nothing of another one.
    if (known?.device !== device) return true;
    return known.state === 'free' && now - known.at > FREE_FOR_MS;
  }

  private begin(vips: readonly string[], device: string, now: number): void {
    const asks = this.times.waitMs > 0 && this.wire.troubleOn(device) === undefined && !this.stopped;
    const state = asks ? 'asked' : 'free';
    this.drop(vips);
    this.wire.heed(vips);
    const fresh = new Map(
      vips.map((vip): [string, Claim] => [
        vip,
        { device, state, owners: [], answers: new Set<string>(), at: now },
      ]),
    );
    for (const [vip, one] of fresh) this.claims.set(vip, one);
    if (state === 'free') return;
    const all = [...fresh];
    for (let from = 0; from < all.length; from += TOGETHER) {
      const some = new Map(all.slice(from, from + TOGETHER));
      const work = this.findOutLater((from / TOGETHER) * APART_MS, some);
      this.underWay.add(work);
      void work.finally(() => this.underWay.delete(work));
    }
  }

  private async findOutLater(afterMs: number, claims: ClaimsByVip): Promise<void> {
    if (afterMs > 0) await pause(afterMs);
    await this.findOut(claims);
  }

  /** Those that were forgotten meanwhile, or begun anew, are none of this one's. */
  private async findOut(claims: ClaimsByVip): Promise<void> {
    for (const one of claims.values()) one.answers = new Set();
    if (await this.wire.begun()) {
      for (let times = 0; times < QUESTIONS; times++) {
        await this.ask(claims);
        await pause(this.times.waitMs);
      }
    }
    const changed: string[] = [];
    for (const [vip, one] of claims) if (this.claims.get(vip) === one && this.judge(one)) changed.push(vip);
    if (this.contested.length > 0) this.armAgain();
    if (changed.length > 0 && !this.stopped) await this.onSettled(changed);
  }

  private async ask(claims: ClaimsByVip): Promise<void> {
    const most = (ASKED_A_SECOND * STEP_MS) / 1_000;
    let room = most;
    for (const [address, one] of claims) {
      if (this.claims.get(address) !== one) continue;
      if (room-- === 0) {
        await pause(STEP_MS);
        room = most - 1;
      }
      this.wire.ask({ device: one.device, address });
    }
  }

  /** Whether it is otherwise than before. Somebody who was heard still has it where nothing can be asked any more. */
  private judge(one: Claim): boolean {
    if (one.state === 'contested' && !this.canAsk(one)) return false;
    const before = [one.state, ...one.owners].join();
    one.owners = [...one.answers].filter((mac) => !this.wire.isFellow(mac)).sort();
    one.state = one.owners.length > 0 ? 'contested' : 'free';
    one.at = performance.now();
    return [one.state, ...one.owners].join() !== before;
  }

  private canAsk({ device }: Claim): boolean {
    return this.wire.ready && this.wire.troubleOn(device) === undefined;
  }

  private armAgain(): void {
    if (this.stopped) return;
    this.again ??= setTimeout(() => {
      this.again = undefined;
      const owned = [...this.claims].filter(([, { state }]) => state === 'contested');
      if (owned.length > 0) void this.findOut(new Map(owned));
    }, this.times.againMs);
  }

  private hear({ means, address, mac, fellow, device }: HeardOn): void {
    const found = this.claims.get(address);
    if (found?.device !== device || means !== 'owns' || fellow) return;
    if (found.answers.size < MOST_ANSWERS) found.answers.add(mac);
  }

  private drop(vips: readonly string[]): void {
    this.wire.ignore(vips.filter((vip) => this.claims.delete(vip)));
  }
}
