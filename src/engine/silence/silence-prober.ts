/**
 * Finds out whether hosts without an agent are silent about their VIPs, by asking their segments: at once about a new
 * one, then every ten seconds. It decides when to ask; who was heard is judged in judge-silence.ts.
 * It must never hold up the forwarding, and costs nothing where every host has an agent.
 */
import type { Document, ServiceDocument } from '../../contract/documents.js';
import type { ReportedCondition, SilenceFact } from '../../contract/report.js';
import type { CommandRunner } from '../../platform/command-runner.js';
import { vipsAnsweredElsewhere } from '../conditions.js';
import type { Segments } from '../network/segments.js';
import { AskingRound } from './asking-round.js';
import { judgeSilence, NOT_ASKED, type Standing } from './judge-silence.js';

const INTERVAL_MS = 10_000;
/** In one round, so that a new one need not wait long for its turn. */
const MOST_IN_A_ROUND = 32;

interface Watched {
  readonly number: number;
  readonly asked: number;
  readonly vip: string;
  readonly address: string;
  standing: Standing;
  /** Ethernet addresses that answered for the VIP when it was last asked for. */
  answered: readonly string[];
  /** By `performance.now()`; 0: it is new. */
  dueAt: number;
}

export class SilenceProber {
  /** By the key of the service's document. */
  private readonly services = new Map<string, readonly Watched[]>();
  private segments: Segments | undefined;
  private asking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly commands: CommandRunner,
    /** Called when something else was found out than before. */
    private readonly onChange: () => void,
    private readonly intervalMs = INTERVAL_MS,
  ) {}

  /** These documents and no others. */
  watchOnly(documents: ReadonlyMap<string, Document<ServiceDocument>>): void {
    for (const key of this.services.keys()) if (!documents.has(key)) this.services.delete(key);
    this.watch([...documents.values()]);
  }

  watch(documents: readonly Document<ServiceDocument>[]): void {
    for (const { key, body } of documents) {
      const before = this.services.get(key) ?? [];
      const watched = watchedOf(body).map((one) => before.find((other) => isSame(one, other)) ?? one);
      if (watched.length > 0) this.services.set(key, watched);
      else this.services.delete(key);
    }
    this.run();
  }

  /** Nothing can be asked before this is known. */
  standOn(segments: Segments): void {
    this.segments = segments;
    this.run();
  }

  facts(): readonly SilenceFact[] {
    return this.watched().map(({ number, asked, standing: { onSegment, silent, reason, message } }) => {
      return { number, asked, onSegment, silent, reason, message };
    });
  }

  /** None where nothing is asked. */
  conditions(): readonly ReportedCondition[] {
    const watched = this.watched();
    if (watched.length === 0) return [];
    const hosts = new Set(watched.flatMap(({ standing }) => standing.host));
    const elsewhere = watched.flatMap(({ vip, answered }) =>
      answered.filter((each) => !hosts.has(each)).map((each) => `${vip} by ${each}`),
    );
    return [vipsAnsweredElsewhere([...new Set(elsewhere)].sort())];
  }

  /** Begins nothing more; resolves when what is under way is over. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.asking;
  }

  private watched(): readonly Watched[] {
    return [...this.services.values()].flat();
  }

  private run(): void {
    const { segments } = this;
    if (this.stopped || this.asking !== undefined || segments === undefined) return;
    clearTimeout(this.timer);
    const [first, ...others] = [...this.watched()].sort((a, b) => a.dueAt - b.dueAt);
    if (first === undefined) return;
    const now = performance.now();
    if (first.dueAt > now) {
      this.timer = setTimeout(() => this.run(), first.dueAt - now);
      return;
    }
    // Those that are due soon come along: hosts and VIPs that they share are asked for once.
    const soon = others.filter(({ dueAt }) => dueAt < now + this.intervalMs / 4);
    const due = [first, ...soon.slice(0, MOST_IN_A_ROUND - 1)];
    this.asking = this.ask(due, segments).finally(() => {
      this.asking = undefined;
      this.run();
    });
  }

  private async ask(due: readonly Watched[], segments: Segments): Promise<void> {
    // Directors that started together shall not ask together for ever.
    const pause = this.intervalMs * (0.9 + Math.random() * 0.2);
    const round = new AskingRound(this.commands, segments);
    await Promise.all(due.map((one) => this.askAbout(one, round)));
    const nextAt = performance.now() + pause;
    for (const one of due) one.dueAt = nextAt;
  }

  private async askAbout(one: Watched, round: AskingRound): Promise<void> {
    const heard = await round.hear(one);
    const before = one.standing;
    if (typeof heard === 'object' && 'vip' in heard) one.answered = heard.vip;
    one.standing = judgeSilence(one, heard, before);
    const { silent, message } = one.standing;
    if (silent !== before.silent || message !== before.message) this.onChange();
  }
}

function watchedOf(body: ServiceDocument | null): readonly Watched[] {
  if (body?.silenceProbes === undefined) return [];
  const fresh = { vip: body.address, standing: NOT_ASKED, answered: [], dueAt: 0 };
  return body.silenceProbes.map((probe) => ({ ...fresh, ...probe }));
}

function isSame(one: Watched, other: Watched): boolean {
  return (['number', 'asked', 'vip', 'address'] as const).every((field) => one[field] === other[field]);
}
