/**
 * Proves, over and over, that packets which come for a VIP would be served: the services answer on the VIP, the
 * firewall lets them in, and the host would not send packets back. It judges only what the host holds; to hold it is
 * the keeper's. What it cannot find out it calls Unknown.
 */
import type { VipDocument, VipService } from '../../contract/documents.js';
import type { ReportedCondition, ReportedVip, ServiceFact, VipFact } from '../../contract/report.js';
import type { Logger } from '../../platform/logger.js';
import type { HostReadings, ReadHost } from './host-readings.js';
import { NOT_PROBED } from './judge-answers.js';
import { judgeLoop } from './judge-loop.js';
import { serviceProbe, type ProbeService } from './probe-service.js';
import { questionKey } from './question-key.js';
import { ServiceWatch, type WatchedService } from './service-watch.js';
import { UNTRIED } from './standing.js';

const READ_MS = 10_000;
/** A reading that takes long, such as of very many rules, is repeated the less often. */
const SHARE_OF_TIME = 100;
/** What a change waits for its services' first answers: one report instead of two, where they answer at once. */
const FIRST_ANSWERS_MS = 100;

const NOTHING_READ: HostReadings = {
  firewall: () => ({
    status: 'Unknown',
    reason: 'NotReadable',
    message: 'The rules of the firewall could not be read.',
  }),
  forwarding: null,
};

export interface ProofsOptions {
  readonly probe?: ProbeService;
  readonly readMs?: number;
}

export class Proofs {
  readonly #services = new Map<string, readonly VipService[]>();
  readonly #held = new Set<string>();
  readonly #watch: ServiceWatch;
  readonly #readMs: number;
  #readings: HostReadings | undefined;
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #complaint: string | undefined;
  #stopped = false;
  #listener: (vips: readonly string[]) => void = () => undefined;

  constructor(
    private readonly readHost: ReadHost,
    private readonly logger: Logger,
    { probe = serviceProbe(), readMs = READ_MS }: ProofsOptions = {},
  ) {
    this.#watch = new ServiceWatch(probe, (vip) => this.#listener([vip]));
    this.#readMs = readMs;
  }

  /** Called with the VIPs of which `report` would now say something else. */
  onChange(listener: (vips: readonly string[]) => void): void {
    this.#listener = listener;
  }

  /** What a document asks for; null: nothing any more. */
  want(vip: string, body: VipDocument | null): void {
    if (body === null) {
      this.#services.delete(vip);
      return;
    }
    this.#services.set(vip, body.services);
    this.#reading ??= this.#read();
  }

  /** A VIP was looked at; it is asked for its services for as long as the host holds it. */
  looked({ address, bound }: VipFact): void {
    if (bound && this.#services.has(address)) this.#held.add(address);
    else this.#held.delete(address);
    this.#watch.watch(address, this.#held.has(address) ? (this.#services.get(address) ?? []) : []);
  }

  /** Waits a little for the first answers of services on these VIPs. */
  async firstAnswers(vips: readonly string[]): Promise<void> {
    if (vips.every((vip) => !this.#held.has(vip))) return;
    // Before anything is said of a service, the host was read once.
    if (this.#readings === undefined) await this.#reading;
    await this.#watch.tried(vips, FIRST_ANSWERS_MS);
  }

  /** The fact with what is known of its services. */
  report(fact: VipFact): ReportedVip {
    const watched = new Map(
      this.#watch.standings(fact.address).map((each) => [questionKey(each.service), each]),
    );
    const services = this.#services.get(fact.address) ?? [];
    return {
      ...fact,
      services: services.map((service) =>
        this.#fact(fact.address, watched.get(questionKey(service)) ?? { service, standing: UNTRIED }),
      ),
    };
  }

  /** `NotARouterLoop` for the host as a whole. */
  loopCondition(unbound: readonly string[]): ReportedCondition {
    return judgeLoop(this.#readings?.forwarding ?? null, unbound);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#watch.stop();
    await this.#reading;
  }

  #fact(vip: string, { service, standing }: WatchedService): ServiceFact {
    const { protocol, port, endPort } = service;
    const firewall =
      this.#readings === undefined ? NOT_PROBED : this.#readings.firewall({ vip, protocol, port, endPort });
    const ready = firewall.status === 'False' ? false : this.#readings === undefined ? null : standing.ready;
    return { ...service, ready, answers: standing.verdict, firewall };
  }

  async #read(): Promise<void> {
    const began = performance.now();
    try {
      this.#learn(await this.readHost());
      this.#complaint = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.#complaint)
        this.logger.warn({ err: error }, 'the host could not be read for its proofs');
      this.#complaint = message;
      // What was read before may not be so any more.
      this.#learn(NOTHING_READ);
    }
    const waitMs = Math.max(this.#readMs, (performance.now() - began) * SHARE_OF_TIME);
    if (!this.#stopped) this.#timer = setTimeout(() => (this.#reading = this.#read()), waitMs);
  }
  #learn(readings: HostReadings): void {
    const before = this.#readings;
    this.#readings = readings;
    if (before !== readings) this.#listener([...this.#services.keys()]);
  }
}
