/**
 * The agent's work: holds the VIPs that the documents name, and proves it. Level-triggered: whatever the host is in, it
 * is observed, compared and brought in line, on every change and every few seconds, so that drift heals the same way.
 * A change looks at the VIPs that it names alone, as long as the host is silent; the cost must not follow the others.
 * It never binds a VIP on a host that is not silent, and never removes what it did not put there.
 */
import { isCanonicalAddress } from '../../contract/canonical-address.js';
import type { Document, VipDocument } from '../../contract/documents.js';
import type { Fault } from '../../contract/report.js';
import {
  NOTHING_BESIDES,
  type AgentPart,
  type Besides,
  type Change,
  type NodeWork,
} from '../../link/node-work.js';
import type { Logger } from '../../platform/logger.js';
import { watchCondition } from '../../link/drift/drift-conditions.js';
import type { HostDriver } from '../hosts/host-driver.js';
import type { HostView } from '../plan/host-view.js';
import type { Proofs } from '../proofs/proofs.js';
import { VipLedger } from '../settlement/vip-ledger.js';
import { describeHost, silenceConditions } from './describe-host.js';
import { DriftTracker } from './drift-tracker.js';
import { FactBook } from './fact-book.js';
import { HostPass, type Part, type Passed } from './host-pass.js';
import { LookFailures } from './look-failures.js';
import { Lookout, type LookoutOptions } from '../../platform/lookout.js';
import { ReleaseGate } from './release-gate.js';
import { VipIntake } from './vip-intake.js';
import { VipTroubles } from './vip-troubles.js';
import { WantedVips } from './wanted-vips.js';

/** Up to so many VIPs are looked at one by one; for more, the whole host is seen sooner. */
const FEW = 8;

/** Within so many seconds drift is seen without events. */
const SEEN_BY_POLL_S = 5;

export class VipKeeper implements NodeWork<VipDocument> {
  readonly role = 'agent';
  readonly #wanted = new WantedVips();
  readonly #facts = new FactBook();
  readonly #troubles = new VipTroubles();
  #ledger: VipLedger | undefined;
  #view: HostView | undefined;
  /** What the last pass over everything left, as long as nothing was done since. */
  #settled: HostView | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #lookout: Lookout;
  readonly #gate: ReleaseGate;
  readonly #intake: VipIntake;
  readonly #failures = new LookFailures();
  readonly #drift: DriftTracker;
  readonly #hostPass: HostPass;
  #listener: () => void = () => undefined;

  constructor(
    private readonly host: HostDriver,
    private readonly proofs: Proofs,
    private readonly stateDir: string,
    private readonly logger: Logger,
    lookout: LookoutOptions = {},
  ) {
    this.#lookout = new Lookout(() => this.look(), logger, lookout);
    this.#drift = new DriftTracker(logger);
    this.#gate = new ReleaseGate(stateDir);
    this.#intake = new VipIntake(this.#wanted, proofs, this.#gate);
    const known = {
      wanted: this.#wanted,
      facts: this.#facts,
      troubles: this.#troubles,
      drift: this.#drift,
      proofs,
    };
    this.#hostPass = new HostPass(host, known, logger);
    proofs.onChange((vips) => {
      if (this.#facts.update(vips, (fact) => this.proofs.report(fact))) this.#listener();
    });
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  reconcile(
    documents: ReadonlyMap<string, Document<VipDocument>>,
    _seed = 0,
    besides: Besides = NOTHING_BESIDES,
  ): Promise<readonly Fault[]> {
    this.#lookout.begin();
    return this.#inTurn(async () => {
      const gone = await this.#intake.takeAll(documents, besides, await this.#openLedger());
      this.host.serve(this.#wanted.services);
      await this.#passAll(gone);
      return this.#faults();
    });
  }

  apply(changes: readonly Change<VipDocument>[]): Promise<readonly Fault[]> {
    this.#lookout.begin();
    return this.#inTurn(async () => {
      const documents = changes.map(({ after }) => after);
      await this.#intake.take(documents, await this.#openLedger());
      this.host.serve(this.#wanted.services);
      const keys = changes.map(({ key }) => key);
      const done = keys.length <= FEW && (await this.#passSome(keys));
      if (!done) await this.#passAll(keys);
      return this.#faults();
    });
  }

  async describe(complete: boolean): Promise<AgentPart> {
    // As long as no documents ever came, nothing but a report looks at the host.
    if (this.#ledger === undefined || this.#view === undefined) this.#view = await this.host.observe();
    return {
      role: this.role,
      complete,
      host: describeHost(this.#view),
      conditions: [
        ...silenceConditions(this.#view, this.#wanted, this.#ledger?.damaged ?? false),
        this.proofs.loopCondition(this.#wanted.keys().filter((key) => !this.#facts.isBound(key))),
        this.#failures.condition(),
        this.#gate.condition(),
        ...watchCondition(this.#lookout.trouble, SEEN_BY_POLL_S),
        this.#drift.condition(),
      ],
      vips: this.#facts.describe(complete),
      drift: this.#drift.describe(),
    };
  }

  acknowledged(): void {
    this.#facts.heard();
  }

  /** Looks the whole host over, and heals what drifted. Where nothing moved since the last time, that is all. */
  look(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        const observed = await this.host.observe();
        if (observed !== this.#settled) await this.#passAll([], observed);
      } catch (error) {
        if (this.#failures.failed(error)) this.#doubt();
        throw error;
      }
      if (this.#failures.succeeded()) this.#listener();
    });
  }

  /** Ends the watch and waits for what is under way. The host stays as it is. */
  async stop(): Promise<void> {
    await this.#lookout.stop();
    await Promise.all([this.#turn, this.proofs.stop()]);
  }

  /** One at a time: two passes over the host would read each other's half-done work. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** `moved`: keys that may be wanted no more. */
  async #passAll(moved: readonly string[], observed?: HostView): Promise<void> {
    this.#settled = undefined;
    const { ours, borrowed } = await this.#openLedger();
    // What was told of a VIP is taken back as well where a pass failed since it went.
    const gone = new Set([...moved, ...ours, ...borrowed, ...this.#facts.addresses]);
    const part = {
      wanted: this.#wanted.keys(),
      gone: [...gone].filter((key) => !this.#wanted.has(key) && isCanonicalAddress(key)),
      observe: () => this.host.observe(),
    };
    this.#troubles.clear();
    const { view, failure, idle } = await this.#pass(part, observed ?? (await part.observe()));
    const before = this.#view;
    this.#view = view;
    if (before !== undefined && before !== view && !isSameHost(before, view)) this.#listener();
    // Where there is trouble and nothing to do about it, such as with a VIP that is refused, the same would come again.
    const done = failure === undefined && (idle || this.#troubles.none);
    if (done && !this.#drift.waits) this.#settled = view;
  }

  /** False where a look at these VIPs alone is not enough: silence is lost, or stays for the sake of another VIP. */
  async #passSome(keys: readonly string[]): Promise<boolean> {
    if (this.#view === undefined || this.#ledger === undefined || this.#drift.waits) return false;
    this.#settled = undefined;
    const canonical = keys.filter(isCanonicalAddress);
    const part = {
      wanted: keys.filter((key) => this.#wanted.has(key)),
      gone: canonical.filter((key) => !this.#wanted.has(key)),
      observe: () => this.host.look(canonical),
    };
    for (const key of keys) this.#troubles.delete(key);
    const observed = await part.observe();
    // A guard that is not there, or not as it was put there, is made anew for all VIPs at once.
    if (!observed.guard.inForce) return false;
    // Whose a VIP on a network card is shows by the other addresses there.
    if (observed.interfaces.some((each) => !each.loopback && each.addresses.length > 0)) return false;
    const { silence, guard } = (await this.#pass(part, observed)).view;
    this.#view = { ...this.#view, silence };
    if (!guard.inForce || !this.#wanted.needGuard) return false;
    return this.#wanted.needSilence ? silence.inForce : !this.#ledger.changedSettings;
  }

  async #pass(part: Part, observed: HostView): Promise<Passed> {
    const passed = await this.#hostPass.run(part, observed, await this.#openLedger());
    if (passed.news) this.#listener();
    return passed;
  }

  #faults(): Fault[] {
    const keptBack = this.#gate.faults((key) => this.#wanted.version(key));
    const rest = this.#troubles.faults().filter(({ key }) => !this.#gate.keptBack.has(key));
    return [...keptBack, ...rest];
  }

  /** What was seen is no longer known to be so. */
  #doubt(): void {
    this.#settled = undefined;
    this.#facts.doubt('NotLookedAt', this.#failures.message);
    this.#listener();
  }

  async #openLedger(): Promise<VipLedger> {
    this.#ledger ??= await VipLedger.open(this.stateDir, this.logger);
    return this.#ledger;
  }
}

/** As far as a report shows it. */
function isSameHost(before: HostView, after: HostView): boolean {
  const seen = (view: HostView): string =>
    JSON.stringify([describeHost(view), view.silence, view.guard.inForce]);
  return seen(before) === seen(after);
}
