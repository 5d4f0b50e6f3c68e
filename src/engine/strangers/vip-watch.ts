/**
 * Listens whether anybody else speaks in the name of a VIP that is held here, and asks for each VIP once a minute, in
 * the name of the director: who answers a client wrongly may never be heard otherwise. What a stranger said is gainsaid
 * at once, so that those who heard it send their packets here again; no faster than a stranger can be argued with.
 * It must never start a quarrel between directors of one cluster: what they say is no stranger's, and what strangers say is
 * gainsaid by the one that repeats the VIP, or clients would change their director with every word.
 */
import type { ReportedStranger } from '../../contract/report.js';
import type { Announcer } from '../network/announcer.js';
import { Rounds } from '../wire/rounds.js';
import type { HeardOn, Wire } from '../wire/wire.js';
import { Allowance } from './allowance.js';
import { StrangerBook } from './stranger-book.js';

const PERIOD_MS = 60_000;
/** Between two answers to strangers about one VIP. */
const GAINSAID_APART_MS = 500;
/** Between two answers to one fellow, whatever VIPs it asks for: by the first it knows us. */
const SHOWN_APART_MS = 50;
const MOST_SHOWN = 256;
/** Answers a second, to all. */
const GAINSAID_A_SECOND = 100;
/** New strangers that are told of by themselves; all are counted, and told with the next report. */
const TOLD_A_MINUTE = 20;

export interface WatchedVips {
  readonly wire: Wire;
  readonly announcer: Announcer;
  /** The director's own address that a VIP is asked for with; undefined: it has none there. */
  readonly nameFor: (vip: string) => string | undefined;
  /** Called with one that was not heard before; not with each of a flood. */
  readonly onStranger: (vip: string, mac: string) => void;
}

export class VipWatch {
  private readonly book = new StrangerBook();
  private readonly rounds: Rounds;
  private readonly gainsaid = new Map<string, number>();
  /** When fellows were shown that a VIP is held here, by their Ethernet addresses. */
  private readonly shown = new Map<string, number>();
  private readonly endListening: () => void;
  private readonly answers = new Allowance(GAINSAID_A_SECOND, 1_000);
  private readonly news = new Allowance(TOLD_A_MINUTE, 60_000);

  constructor(
    private readonly parts: WatchedVips,
    periodMs = PERIOD_MS,
  ) {
    this.rounds = new Rounds(
      (vip) => this.ask(vip),
      () => periodMs,
    );
    this.endListening = parts.wire.listen((heard) => this.hear(heard));
  }

  watch(vips: readonly string[]): void {
    for (const vip of vips) this.rounds.add(vip);
  }

  forget(vips: readonly string[]): void {
    for (const vip of vips) {
      this.rounds.delete(vip);
      this.gainsaid.delete(vip);
    }
  }

  /** Who was heard lately in the name of VIPs that are held. */
  strangers(): readonly ReportedStranger[] {
    const { announcer } = this.parts;
    return this.book.recent(performance.now()).filter(({ vip }) => announcer.deviceOf(vip) !== undefined);
  }

  stop(): void {
    this.rounds.stop();
    this.endListening();
  }

  private ask(vip: string): void {
    const { wire, announcer, nameFor } = this.parts;
    const device = announcer.deviceOf(vip);
    const from = nameFor(vip);
    if (device !== undefined && from !== undefined) wire.ask({ device, address: vip, from });
  }

  private hear({ means, address, mac, fellow, marked }: HeardOn): void {
    if (marked) this.book.absolve(mac);
    if (this.parts.announcer.deviceOf(address) === undefined) return;
    const now = performance.now();
    if (means === 'owns' && !fellow && this.book.heard(address, mac, now) && this.news.take(now))
      this.parts.onStranger(address, mac);
    if (fellow && means === 'probes') this.showMyself(address, mac, now);
    else if (!fellow && this.parts.announcer.leads(address)) this.gainsay(address, now);
  }

  /** To a fellow that is about to take the VIP, alone: for so it knows us, and no client changes its director. */
  private showMyself(vip: string, fellow: string, now: number): void {
    if (now - (this.shown.get(fellow) ?? -Infinity) < SHOWN_APART_MS || !this.answers.take(now)) return;
    this.shown.delete(fellow);
    this.shown.set(fellow, now);
    const [oldest] = this.shown.keys();
    if (this.shown.size > MOST_SHOWN && oldest !== undefined) this.shown.delete(oldest);
    this.parts.announcer.repeatNow(vip, fellow);
  }

  private gainsay(vip: string, now: number): void {
    if (now - (this.gainsaid.get(vip) ?? -Infinity) < GAINSAID_APART_MS) return;
    if (!this.answers.take(now)) return;
    this.gainsaid.set(vip, now);
    this.parts.announcer.repeatNow(vip);
  }
}
