/**
 * Carries a plan out on the host, in its order, and reads back. Each thing that must survive a crash is durable before
 * the step that makes it true; nothing is bound while silence cannot be read back, and silence does not fall while a
 * VIP of ours is still there.
 */
import type { Logger } from '../platform/logger.js';
import type { HostDriver } from './host-driver.js';
import { addressPlaces, isIpv6, type HostView } from './plan/host-view.js';
import { planVips, type Step } from './plan/plan-vips.js';
import type { VipLedger } from './vip-ledger.js';

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
    private readonly wanted: ReadonlySet<string>,
  ) {}

  /** `view`: the host as it was just observed. */
  async settle(view: HostView): Promise<Settled> {
    const steps = this.#plan(view, false);
    if (!(await this.#carryOut(steps))) {
      await this.#carryOut(this.#plan(await this.host.observe(), true));
    }
    const after = steps.length > 0 ? await this.host.observe() : view;
    await this.#forgetReleased(after);
    return { view: after, failure: this.#failure };
  }

  #plan(view: HostView, silenceFailed: boolean): Step[] {
    const { ours, previous } = this.ledger;
    return planVips({ wanted: this.wanted, view, ours, settingsChanged: previous !== null, silenceFailed });
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
    await this.ledger.rememberPrevious(await this.host.readSettings());
    await this.#attempt(() => this.host.silence());
    return (await this.host.readSilence()).inForce;
  }

  async #restore(): Promise<void> {
    const places = addressPlaces(await this.host.observe());
    const { ours, previous } = this.ledger;
    const left = [...ours].some((address) => !isIpv6(address) && isOnLoopback(address, places));
    if (left || previous === null) return;
    await this.host.restore(previous);
    await this.ledger.forgetPrevious();
    this.logger.info({ settings: previous }, 'the last VIP left; the settings are what they were');
  }

  async #forgetReleased(view: HostView): Promise<void> {
    const places = addressPlaces(view);
    const gone = [...this.ledger.ours].filter(
      (address) => !this.wanted.has(address) && !isOnLoopback(address, places),
    );
    if (gone.length > 0) await this.ledger.release(gone);
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

function isOnLoopback(address: string, places: ReturnType<typeof addressPlaces>): boolean {
  return places.get(address)?.some((place) => place.loopback) ?? false;
}
