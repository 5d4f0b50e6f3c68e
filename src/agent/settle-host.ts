/**
 * Carries a plan out on the host, in its order, and reads back. Each thing that must survive a crash is durable before
 * the step that makes it true; nothing is bound while silence cannot be read back, and silence does not fall while a
 * VIP that the agent holds or held is still there.
 */
import type { Logger } from '../platform/logger.js';
import type { HostDriver } from './host-driver.js';
import { rememberedSettings, settingsToRestore } from './plan/changed-settings.js';
import { addressPlaces, isOnLoopback, type HostView } from './plan/host-view.js';
import { lingering, planVips, type Step } from './plan/plan-vips.js';
import type { VipLedger } from './vip-ledger.js';

/** What a pass over the host is about: everything, or a few VIPs. */
export interface Scope {
  /** VIPs that the host shall hold and that were not refused. */
  readonly accepted: ReadonlySet<string>;
  /** VIPs that it shall hold no more. */
  readonly gone: readonly string[];
  /** Whether the host, and not this scope alone, shall hold an IPv4 VIP. */
  readonly silenceNeeded: boolean;
  /** Looks at the host, as far as the scope goes. */
  readonly observe: () => Promise<HostView>;
}

export interface Settled {
  /** The host after everything was done. */
  readonly view: HostView;
  /** What a step failed with, for the VIPs that are not as they shall be. */
  readonly failure: string | undefined;
}

/** One pass over the host; used once. */
export class HostSettlement {
  #failure: string | undefined;

  constructor(
    private readonly host: HostDriver,
    private readonly ledger: VipLedger,
    private readonly logger: Logger,
    private readonly scope: Scope,
  ) {}

  /** `view`: the host as it was just observed. */
  async settle(view: HostView): Promise<Settled> {
    await this.#borrow(view);
    const steps = this.#plan(view, false);
    if (!(await this.#carryOut(steps))) {
      await this.#carryOut(this.#plan(await this.scope.observe(), true));
    }
    const after = steps.length > 0 ? await this.scope.observe() : view;
    await this.#forgetReleased(after);
    return { view: after, failure: this.#failure };
  }

  /** What stands on loopback and is not the agent's was put there by an operator. */
  async #borrow(view: HostView): Promise<void> {
    const places = addressPlaces(view);
    const { ours } = this.ledger;
    const theirs = [...this.scope.accepted, ...this.scope.gone].filter(
      (address) => !ours.has(address) && isOnLoopback(address, places),
    );
    await this.ledger.borrow(theirs);
  }

  #plan(view: HostView, silenceFailed: boolean): Step[] {
    const { ours, borrowed, changedSettings: settingsChanged } = this.ledger;
    const { accepted: wanted, gone, silenceNeeded } = this.scope;
    return planVips({ wanted, gone, silenceNeeded, view, ours, borrowed, settingsChanged, silenceFailed });
  }

  /** False when silence could not be read back; then nothing after it was done. */
  async #carryOut(steps: readonly Step[]): Promise<boolean> {
    for (const step of steps) {
      this.logger.debug({ step }, 'step');
      if (!(await this.#do(step))) return false;
    }
    return true;
  }

  async #do(step: Step): Promise<boolean> {
    switch (step.do) {
      case 'unbind':
        await this.#attempt(() => this.host.unbind(step.addresses));
        return true;
      case 'restore':
        await this.#restore();
        return true;
      case 'silence':
        return this.#silence();
      case 'bind':
        await this.ledger.claim(step.addresses);
        await this.#attempt(() => this.host.bind(step.addresses));
        return true;
    }
  }

  async #silence(): Promise<boolean> {
    const found = await this.host.readSettings();
    const wanted = this.host.silentSettings(found);
    await this.ledger.rememberSettings(rememberedSettings(this.ledger.settings, found, wanted));
    await this.#attempt(() => this.host.writeSettings(wanted));
    return (await this.host.readSilence()).inForce;
  }

  async #restore(): Promise<void> {
    const { ours, borrowed, settings } = this.ledger;
    if (lingering([...ours, ...borrowed], await this.host.observe())) return;
    const restored = settingsToRestore(settings, await this.host.readSettings());
    await this.host.writeSettings(restored);
    await this.ledger.rememberSettings({});
    this.logger.info({ settings: restored }, 'the last VIP left; what the agent had set is as before');
  }

  async #forgetReleased(view: HostView): Promise<void> {
    const places = addressPlaces(view);
    const { ours, borrowed } = this.ledger;
    const gone = this.scope.gone.filter(
      (address) => (ours.has(address) || borrowed.has(address)) && !isOnLoopback(address, places),
    );
    await this.ledger.release(gone);
  }

  /** What came of it is read back; the error only explains. */
  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.logger.warn({ err: error }, 'a step failed; the host is read back');
    }
  }
}
