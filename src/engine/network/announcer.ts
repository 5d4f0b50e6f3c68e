/**
 * Tells the neighbours that a VIP is at this director: when it is taken, and every ten seconds from then on, evenly
 * spread, so that whoever was told otherwise is cured within that time. Gratuitous ARP for IPv4, an unsolicited
 * advertisement for IPv6; in the background, for a change must not wait for it.
 * Where several directors of the cluster hold a VIP, the one with the lowest Ethernet address alone repeats it: clients
 * would else change their director every few seconds, and it is one of them that remembers their flows.
 */
import { Rounds } from '../wire/rounds.js';
import type { HeardOn, Wire } from '../wire/wire.js';

const PERIOD_MS = 10_000;
/** VIPs that are new, a second: ten thousand take five seconds. */
const FRESH_A_SECOND = 2_000;
const STEP_MS = 20;
/** A fellow that was not heard for so long does not hold the VIP any more, and its clients are to be told. */
const FELLOW_COUNTS_MS = 2.5 * PERIOD_MS;

interface Held {
  readonly device: string;
  /** When a fellow with a lower Ethernet address announced it last, by `performance.now()`. */
  leftTo?: number;
}

export class Announcer {
  private readonly held = new Map<string, Held>();
  /** Taken, and not announced yet. */
  private readonly waiting = new Set<string>();
  private readonly rounds: Rounds;
  private timer: NodeJS.Timeout | undefined;
  private readonly endListening: () => void;
  private stopped = false;

  constructor(
    private readonly wire: Wire,
    /** Called when nothing waits any more. */
    private readonly onDone: () => void,
    periodMs = PERIOD_MS,
  ) {
    this.rounds = new Rounds(
      (vip) => this.repeat(vip),
      () => periodMs,
    );
    this.endListening = wire.listen((heard) => this.hear(heard));
  }

  /** These are held, and are announced from now on with every period. */
  keep(vips: readonly string[], device: string): void {
    if (this.stopped) return;
    const fresh = vips.filter((vip) => !this.held.has(vip));
    this.wire.heed(fresh);
    for (const vip of vips) if (this.held.get(vip)?.device !== device) this.held.set(vip, { device });
    for (const vip of fresh) this.rounds.add(vip);
  }

  /** These were taken: they are announced at once as well. */
  announce(vips: readonly string[], device: string): void {
    this.keep(vips, device);
    if (this.stopped) return;
    for (const vip of vips) this.waiting.add(vip);
    if (this.waiting.size > 0) this.timer ??= setTimeout(() => this.work(), 0);
  }

  /** These are held no more. */
  withdraw(vips: readonly string[]): void {
    this.wire.ignore(vips.filter((vip) => this.held.delete(vip)));
    for (const vip of vips) {
      this.waiting.delete(vip);
      this.rounds.delete(vip);
    }
  }

  /** Once more, at once; to that machine alone, where one is named. */
  repeatNow(vip: string, to?: string): void {
    const held = this.held.get(vip);
    if (held !== undefined) this.wire.announce(held.device, vip, to);
  }

  /** It is this director that repeats the VIP, and no fellow. */
  leads(vip: string): boolean {
    const { leftTo } = this.held.get(vip) ?? {};
    return leftTo === undefined || performance.now() - leftTo >= FELLOW_COUNTS_MS;
  }

  /** Those that are announced on that interface, once more: it has another Ethernet address than before. */
  repeatAll(device: string): void {
    const there = [...this.held].filter(([, held]) => held.device === device);
    this.announce(
      there.map(([vip]) => vip),
      device,
    );
  }

  /** The interface that it is announced on; undefined: it is not held. */
  deviceOf(vip: string): string | undefined {
    return this.held.get(vip)?.device;
  }

  /** How many VIPs are not announced yet. */
  get pending(): number {
    return this.waiting.size;
  }

  stop(): void {
    this.stopped = true;
    this.waiting.clear();
    this.rounds.stop();
    clearTimeout(this.timer);
    this.endListening();
  }

  /** Why VIPs cannot be announced. */
  get trouble(): string | undefined {
    const { trouble } = this.wire;
    if (this.held.size === 0) return undefined;
    if (trouble === undefined) return this.troubleOnSome();
    return `ARP and neighbour discovery cannot be spoken: ${trouble}. VIPs are taken unprobed, and nobody is told where they are. homeward engine needs the program perl and the right CAP_NET_RAW. This is tried again.`;
  }

  private troubleOnSome(): string | undefined {
    const devices = new Set([...this.held.values()].map(({ device }) => device));
    const mute = [...devices].flatMap((device) => {
      const trouble = this.wire.troubleOn(device);
      return trouble === undefined ? [] : [`Nothing can be sent on ${device}: ${trouble}.`];
    });
    if (mute.length === 0) return undefined;
    return `${mute.join(' ')} VIPs are taken unprobed there, and nobody is told where they are. This is tried again.`;
  }

  private work(): void {
    this.timer = undefined;
    if (this.waiting.size === 0) return;
    if (this.wire.ready) this.announceSome();
    if (this.waiting.size === 0) this.onDone();
    else this.timer = setTimeout(() => this.work(), STEP_MS);
  }

  private announceSome(): void {
    let room = (FRESH_A_SECOND * STEP_MS) / 1_000;
    for (const vip of this.waiting) {
      if (room-- <= 0) return;
      this.waiting.delete(vip);
      this.repeatNow(vip);
    }
  }

  private repeat(vip: string): void {
    if (this.leads(vip)) this.repeatNow(vip);
  }

  private hear({ means, marked, address, mac, device }: HeardOn): void {
    const held = this.held.get(address);
    if (held === undefined || means !== 'owns' || !marked) return;
    const own = this.wire.macOf(device);
    if (own !== undefined && mac < own) held.leftTo = performance.now();
  }
}
