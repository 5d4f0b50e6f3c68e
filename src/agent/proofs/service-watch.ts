/**
 * Asks the services of the VIPs that the host holds, again and again, and remembers how they stand: at once when a VIP
 * was bound, quickly while it did not answer yet, every ten seconds when it is well. It asks few of a kind at a time and
 * not more than 200 a second, so that a host with 10,000 services is not kept busy by questions; it then takes longer to
 * come round. Pages that hang and datagrams that nobody answers delay their own kind alone. It never asks for a VIP that the host does not hold.
 */
import pLimit, { type LimitFunction } from 'p-limit';
import type { VipService } from '../../contract/documents.js';
import { judgeAnswers } from './judge-answers.js';
import type { ProbeService } from './probe-service.js';
import { questionKey } from './question-key.js';
import { afterTry, pauseAfter, UNTRIED, type Standing } from './standing.js';

const REGULAR_MS = 10_000;
/** Of each kind of question, for they take differently long where nothing answers. */
const MOST_AT_ONCE = 32;
/** Regular tries of one service are so far apart for each service that is watched. */
const SPACING_MS = 5;
/** Tries drift apart, that were begun together. */
const LEAST_OF_PAUSE = 0.8;

type Kind = 'tcp' | 'udp' | 'page';

interface Watched {
  readonly service: VipService;
  standing: Standing;
  tried: boolean;
  timer: NodeJS.Timeout | undefined;
}

export interface WatchedService {
  readonly service: VipService;
  readonly standing: Standing;
}

export class ServiceWatch {
  /** By VIP, then by what is asked. */
  readonly #vips = new Map<string, Map<string, Watched>>();
  readonly #limits: Readonly<Record<Kind, LimitFunction>> = {
    tcp: pLimit(MOST_AT_ONCE),
    udp: pLimit(MOST_AT_ONCE),
    page: pLimit(MOST_AT_ONCE),
  };
  readonly #waiting = new Set<() => void>();
  #count = 0;
  #stopped = false;

  constructor(
    private readonly probe: ProbeService,
    /** Called when a service of the VIP stands otherwise than before. */
    private readonly onChange: (vip: string) => void,
    private readonly regularMs = REGULAR_MS,
  ) {}

  /** From now on these are asked on the VIP, and no others. One that is asked already goes on as it stands. */
  watch(vip: string, services: readonly VipService[]): void {
    const before = this.#vips.get(vip) ?? new Map<string, Watched>();
    const now = new Map(services.map((service) => [questionKey(service), keep(before, service)]));
    for (const watched of before.values()) if (!isIn(now, watched)) this.#drop(watched);
    if (now.size > 0) this.#vips.set(vip, now);
    else this.#vips.delete(vip);
    for (const watched of now.values()) if (!isIn(before, watched)) this.#begin(vip, watched);
  }

  standings(vip: string): readonly WatchedService[] {
    return [...(this.#vips.get(vip)?.values() ?? [])];
  }

  /** Resolves when every service of these VIPs was tried, or when the time is over. */
  async tried(vips: readonly string[], withinMs: number): Promise<void> {
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      this.#wake();
    }, withinMs);
    while (!over && !this.#stopped && !vips.every((vip) => this.#isTried(vip))) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    clearTimeout(timer);
  }

  /** Asks nothing any more. */
  stop(): void {
    this.#stopped = true;
    for (const services of this.#vips.values()) for (const watched of services.values()) this.#drop(watched);
    for (const limit of Object.values(this.#limits)) limit.clearQueue();
    this.#wake();
  }

  #isTried(vip: string): boolean {
    return [...(this.#vips.get(vip)?.values() ?? [])].every(({ tried }) => tried);
  }

  #begin(vip: string, watched: Watched): void {
    this.#count += 1;
    this.#askSoon(vip, watched);
  }

  #drop(watched: Watched): void {
    this.#count -= 1;
    clearTimeout(watched.timer);
  }

  #askSoon(vip: string, watched: Watched): void {
    void this.#limits[kindOf(watched.service)](() => this.#ask(vip, watched));
  }

  async #ask(vip: string, watched: Watched): Promise<void> {
    if (!this.#isWatched(vip, watched)) return;
    const { service, standing } = watched;
    const judgement = judgeAnswers(vip, service, await this.probe(vip, service));
    if (!this.#isWatched(vip, watched)) return;
    watched.standing = afterTry(standing, judgement);
    watched.tried = true;
    watched.timer = setTimeout(() => this.#askSoon(vip, watched), this.#pause(watched.standing));
    if (!isSame(standing, watched.standing)) this.onChange(vip);
    this.#wake();
  }

  #pause(standing: Standing): number {
    const regularMs = Math.max(this.regularMs, this.#count * SPACING_MS);
    return pauseAfter(standing, regularMs) * (LEAST_OF_PAUSE + (1 - LEAST_OF_PAUSE) * Math.random());
  }

  #isWatched(vip: string, watched: Watched): boolean {
    return !this.#stopped && this.#vips.get(vip)?.get(questionKey(watched.service)) === watched;
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

function kindOf({ protocol, http }: VipService): Kind {
  return http === undefined ? protocol : 'page';
}

/** A service that is asked otherwise than before is another one, and nothing is known of it. */
function keep(before: ReadonlyMap<string, Watched>, service: VipService): Watched {
  const known = before.get(questionKey(service));
  return known ?? { service, standing: UNTRIED, tried: false, timer: undefined };
}

function isIn(services: ReadonlyMap<string, Watched>, watched: Watched): boolean {
  return services.get(questionKey(watched.service)) === watched;
}

function isSame(before: Standing, after: Standing): boolean {
  const { status, reason, message } = before.verdict;
  const now = after.verdict;
  return (
    before.ready === after.ready && status === now.status && reason === now.reason && message === now.message
  );
}
