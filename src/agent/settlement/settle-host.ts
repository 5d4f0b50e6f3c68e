/**
 * Carries a plan out on the host, in its order, and reads back. Each thing that must survive a crash is durable before
 * the step that makes it true; nothing is bound while settings and guard cannot be read back, and neither falls while a
 * VIP that the agent holds or held is still there.
 */
import type { Logger } from '../../platform/logger.js';
import type { Made } from '../drift/made.js';
import type { HostDriver, HostSettings } from '../hosts/host-driver.js';
import { rememberedSettings } from '../plan/changed-settings.js';
import { ownSettings } from '../plan/inherited-settings.js';
import { harmfulVips, type Harm } from '../../setup/host-plan/harmful-vips.js';
import { addressPlaces, isOnLoopback } from '../../setup/host-plan/seen-host.js';
import type { HostView } from '../plan/host-view.js';
import { lingering, planVips, type Step } from '../../setup/host-plan/plan-vips.js';
import { UNRESTRAINED, type Lock, type Restraint } from '../../setup/host-plan/restraint.js';
import { restoreSettings } from './restore-settings.js';
import type { VipLedger } from './vip-ledger.js';

/** What a pass over the host is about: everything, or a few VIPs. */
export interface Scope {
  /** VIPs that the host shall hold and that were not refused. */
  readonly accepted: ReadonlySet<string>;
  /** VIPs that it shall hold no more. */
  readonly gone: readonly string[];
  /** VIPs that the guard shall cover although they are not there. */
  readonly awaited?: readonly string[];
  /** Whether the host, and not this scope alone, shall hold an IPv4 VIP. */
  readonly silenceNeeded: boolean;
  /** Whether it shall hold any VIP. */
  readonly guardNeeded: boolean;
  /** What must be left alone during a pause. */
  readonly restraint?: Restraint;
  /** Looks at the host, as far as the scope goes. */
  readonly observe: () => Promise<HostView>;
}

export interface Settled {
  /** The host after everything was done. */
  readonly view: HostView;
  /** What a step failed with; whoever asked for the pass makes it known. */
  readonly failure: string | undefined;
  /** What was brought about and seen done, whatever became of it since. */
  readonly made: Made;
  /** There was nothing to do. */
  readonly idle: boolean;
}

/** One pass over the host; used once. */
export class HostSettlement {
  #failure: string | undefined;
  readonly #failed = new Set<Lock>();
  readonly #made = { locks: new Set<Lock>(), vips: new Set<string>(), unbound: new Set<string>() };

  constructor(
    private readonly host: HostDriver,
    private readonly ledger: VipLedger,
    private readonly logger: Logger,
    private readonly scope: Scope,
  ) {}

  /** `view`: the host as it was just observed. */
  async settle(view: HostView): Promise<Settled> {
    await this.#borrow(view);
    const steps = this.#plan(view);
    let failed = await this.#carryOut(steps);
    while (failed !== undefined) {
      this.#failed.add(failed);
      failed = await this.#carryOut(this.#plan(await this.scope.observe()));
    }
    const after = steps.length > 0 ? await this.scope.observe() : view;
    await this.#forgetReleased(after);
    return { view: after, failure: this.#failure, made: this.#made, idle: steps.length === 0 };
  }

  /** What stands on loopback and is not the agent's was put there by an operator. */
  async #borrow(view: HostView): Promise<void> {
    const places = addressPlaces(view);
    const { ours } = this.ledger;
    const theirs = [...this.scope.accepted, ...this.scope.gone].filter(
      (address) => !ours.has(address) && isOnLoopback(address, places),
    );
    await this.#attempt(() => this.ledger.borrow(theirs));
  }

  #plan(view: HostView): Step[] {
    const { ours, borrowed, changedSettings: settingsChanged } = this.ledger;
    const { accepted: wanted, gone, awaited = [], silenceNeeded, guardNeeded } = this.scope;
    const { restraint = UNRESTRAINED } = this.scope;
    const failed = this.#failed;
    return planVips({
      wanted,
      gone,
      awaited,
      silenceNeeded,
      guardNeeded,
      view,
      ours,
      borrowed,
      settingsChanged,
      failed,
      restraint,
    });
  }

  /** What could not be read back, if anything; then nothing after it was done. */
  async #carryOut(steps: readonly Step[]): Promise<Lock | undefined> {
    for (const step of steps) {
      this.logger.debug({ step }, 'step');
      const failed = await this.#do(step);
      if (failed !== undefined) return failed;
    }
    return undefined;
  }

  async #do(step: Step): Promise<Lock | undefined> {
    switch (step.do) {
      case 'silence':
        return this.#silence();
      case 'keep-settings':
        await this.#keepSettings();
        return undefined;
      case 'load-guard':
      case 'guard':
        return this.#guard(step);
      case 'unbind':
        return this.#unbind(step.addresses);
      case 'unguard':
        return this.#unguard(step.addresses);
      case 'drop-guard':
        return this.#dropGuard();
      case 'restore':
        return this.#restore();
      case 'bind':
        return this.#bind(step.addresses);
    }
  }

  async #bind(addresses: readonly string[]): Promise<undefined> {
    await this.#attempt(async () => {
      await this.ledger.claim(addresses);
      await this.host.bind(addresses);
      for (const address of addresses) this.#made.vips.add(address);
    });
  }

  async #unbind(addresses: readonly string[]): Promise<undefined> {
    for (const address of addresses) this.#made.unbound.add(address);
    await this.#attempt(() => this.host.unbind(addresses));
  }

  /** @returns what the settings must be; undefined where it cannot be remembered what they were. */
  async #keepSettings(): Promise<HostSettings | undefined> {
    const found = await this.host.readSettings();
    const wanted = this.host.silentSettings(found);
    const { settings: known } = this.ledger;
    const own = ownSettings(known, found, wanted);
    const remembered = rememberedSettings(known, found, { ...own, ...wanted });
    if (remembered !== known && !(await this.#succeeds(() => this.ledger.rememberSettings(remembered)))) {
      return undefined;
    }
    await this.#attempt(() => this.host.keepSettings(wanted));
    return wanted;
  }

  async #silence(): Promise<Lock | undefined> {
    const wanted = await this.#keepSettings();
    if (wanted !== undefined) await this.#attempt(() => this.host.writeSettings(wanted));
    if (!(await this.host.readSilence()).inForce) return 'silence';
    this.#made.locks.add('silence');
    return undefined;
  }

  async #guard({ do: what, addresses }: Step & { addresses: readonly string[] }): Promise<Lock | undefined> {
    await this.#attempt(() =>
      what === 'load-guard' ? this.host.loadGuard(addresses) : this.host.guard(addresses),
    );
    const covered = await this.host.guarded(addresses);
    if (!addresses.every((address) => covered.has(address))) return 'guard';
    this.#made.locks.add('guard');
    return undefined;
  }

  async #unguard(addresses: readonly string[]): Promise<undefined> {
    const view = await this.scope.observe();
    const places = addressPlaces(view);
    const harms = this.#harms(view);
    // One that could not be taken off stays covered, as long as the host is reached by another address.
    const left = addresses.filter(
      (address) => harms.get(address) === 'own-address' || !isOnLoopback(address, places),
    );
    if (left.length > 0) await this.#attempt(() => this.host.unguard(left));
  }

  async #dropGuard(): Promise<undefined> {
    const view = await this.host.observe();
    const places = addressPlaces(view);
    const harms = this.#harms(view);
    const covered = [...this.#held()].filter((address) => harms.get(address) !== 'own-address');
    if (covered.some((address) => isOnLoopback(address, places))) return;
    await this.#attempt(() => this.host.dropGuard());
  }

  async #restore(): Promise<undefined> {
    const { ours, borrowed } = this.ledger;
    if (lingering([...ours, ...borrowed], await this.host.observe())) return;
    await this.#attempt(() => restoreSettings(this.host, this.ledger, this.logger));
  }

  async #forgetReleased(view: HostView): Promise<void> {
    const places = addressPlaces(view);
    const { ours, borrowed } = this.ledger;
    // Were one remembered that would cut the host off, the next boot would bind it before that shows. Of those that a
    // view leaves out nobody knows whether they went.
    const harmful = view.partial === true ? [] : this.#harms(view).keys();
    const gone = new Set([...this.scope.gone, ...harmful]);
    const released = [...gone].filter(
      (address) => (ours.has(address) || borrowed.has(address)) && !isOnLoopback(address, places),
    );
    await this.#attempt(() => this.ledger.release(released));
  }

  #harms(view: HostView): ReadonlyMap<string, Harm> {
    const vips = new Set([...this.scope.accepted, ...this.#held()]);
    return harmfulVips(vips, view, addressPlaces(view));
  }

  /** VIPs that the agent holds or held. */
  #held(): ReadonlySet<string> {
    return new Set([...this.ledger.ours, ...this.ledger.borrowed]);
  }

  /** What came of it is read back; the error only explains. */
  async #attempt(action: () => Promise<void>): Promise<undefined> {
    await this.#succeeds(action);
  }

  async #succeeds(action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.logger.debug({ err: error }, 'a step failed; the host is read back');
      return false;
    }
  }
}
