/**
 * Finds out whether hosts without an agent are silent about their VIPs, by asking their segments: about a new one as
 * soon as there is room, then every ten seconds. Each takes half a second, nearly all of it waiting, and so many go
 * on at a time: a round of N servers takes N / 128 seconds where that is more than ten. It decides when to ask; who was heard is judged in judge-silence.ts.
 * It must never hold up the forwarding, and costs nothing where every host has an agent.
 */
import type { Document, ServiceDocument } from '../../contract/documents.js';
import { MOST_STRANGERS, type SilenceFact } from '../../contract/report.js';
import type { Wire } from '../wire/wire.js';
import { judgeSilence, NOT_ASKED, type Standing } from './judge-silence.js';
import { placesToAsk, type Stand } from './places-to-ask.js';
import { SharedAnswers } from './shared-answers.js';

const INTERVAL_MS = 10_000;
/** So many servers are asked about at a time, which makes some five hundred frames a second. */
const AT_ONCE = 64;

interface Watched {
  readonly number: number;
  readonly asked: number;
  readonly vip: string;
  readonly address: string;
  standing: Standing;
  /** By `performance.now()`; nothing that was asked before counts for it. */
  readonly since: number;
  /** By the same; 0: it is new. */
  dueAt: number;
}

export class SilenceProber {
  /** By the key of the service's document. */
  private readonly services = new Map<string, readonly Watched[]>();
  private stand: Stand | undefined;
  private readonly asking = new Map<Watched, Promise<void>>();
  private readonly answers: SharedAnswers;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    wire: Wire,
    /** Called when something else was found out than before. */
    private readonly onChange: () => void,
    private readonly intervalMs = INTERVAL_MS,
    /** How long each question is listened for. */
    waitMs?: number,
  ) {
    this.answers = new SharedAnswers(wire, this.nearMs, waitMs);
  }

  /** These documents and no others. */
  watchOnly(documents: ReadonlyMap<string, Document<ServiceDocument>>): void {
    for (const key of this.services.keys()) if (!documents.has(key)) this.services.delete(key);
    this.watch([...documents.values()]);
  }

  watch(documents: readonly Document<ServiceDocument>[]): void {
    for (const { key, body } of documents) {
      const before = new Map((this.services.get(key) ?? []).map((one) => [one.number, one]));
      const watched = watchedOf(body).map((one) => sameAs(one, before.get(one.number)) ?? one);
      if (watched.length > 0) this.services.set(key, watched);
      else this.services.delete(key);
    }
    this.run();
  }

  /** Nothing can be asked before this is known. */
  standOn(stand: Stand): void {
    this.stand = stand;
    this.run();
  }

  facts(): readonly SilenceFact[] {
    return this.watched().map(({ number, asked, standing }) => {
      const { onSegment, silent, reason, message } = standing;
      const strangers = standing.strangers.slice(0, MOST_STRANGERS);
      const fact = { number, asked, onSegment, silent, reason, message };
      return strangers.length === 0 ? fact : { ...fact, strangers };
    });
  }

  /** Who answered for a VIP and is none of the hosts that are asked about: `192.0.2.200 by 02:00:00:00:00:ee`. */
  strangers(): readonly string[] {
    const watched = this.watched();
    const hosts = new Set(watched.flatMap(({ standing }) => standing.host));
    return watched.flatMap(({ vip, standing: { strangers } }) =>
      strangers.filter((each) => !hosts.has(each)).map((each) => `${vip} by ${each}`),
    );
  }

  /** Begins nothing more; resolves when what is under way is over. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await Promise.all(this.asking.values());
  }

  private watched(): readonly Watched[] {
    return [...this.services.values()].flat();
  }

  /** What is due so soon is asked about together: hosts and VIPs that they share are asked for once. */
  private get nearMs(): number {
    return this.intervalMs / 4;
  }

  /** Room is given to whoever has waited longest, one by one: nobody waits for the slowest of others. */
  private run(): void {
    const { stand } = this;
    clearTimeout(this.timer);
    if (this.stopped || stand === undefined || this.asking.size >= AT_ONCE) return;
    const waiting = this.watched().filter((one) => !this.asking.has(one));
    const [first] = waiting.sort((a, b) => a.dueAt - b.dueAt);
    if (first === undefined) return;
    const now = performance.now();
    if (first.dueAt > now) {
      this.timer = setTimeout(() => this.run(), first.dueAt - now);
      return;
    }
    const soon = waiting.filter(({ dueAt }) => dueAt < now + this.nearMs);
    for (const one of soon.slice(0, AT_ONCE - this.asking.size)) this.ask(one, stand);
    this.run();
  }

  private ask(one: Watched, stand: Stand): void {
    const asking = this.askAbout(one, stand).finally(() => {
      this.asking.delete(one);
      // Directors that started together shall not ask together for ever.
      one.dueAt = performance.now() + this.intervalMs * (0.9 + Math.random() * 0.2);
      this.run();
    });
    this.asking.set(one, asking);
  }

  private async askAbout(one: Watched, stand: Stand): Promise<void> {
    const heard = await this.answers.hear(one, placesToAsk(one, stand), one.since);
    const before = one.standing;
    one.standing = judgeSilence(one, heard, before);
    if (tellsOtherwise(one.standing, before)) this.onChange();
  }
}

function tellsOtherwise(now: Standing, before: Standing): boolean {
  return (
    now.silent !== before.silent ||
    now.message !== before.message ||
    now.strangers.join() !== before.strangers.join()
  );
}

function watchedOf(body: ServiceDocument | null): readonly Watched[] {
  if (body?.silenceProbes === undefined) return [];
  const fresh = { vip: body.address, standing: NOT_ASKED, since: performance.now(), dueAt: 0 };
  return body.silenceProbes.map((probe) => ({ ...fresh, ...probe }));
}

/** What was watched before, where the same is to be found out as then. */
function sameAs(one: Watched, before: Watched | undefined): Watched | undefined {
  const fields = ['number', 'asked', 'vip', 'address'] as const;
  return fields.every((field) => one[field] === before?.[field]) ? before : undefined;
}
