/**
 * A host that behaves: addresses on lo and eth0, and one setting on which silence depends. A test can make it refuse an
 * address, and counts how often it was looked at.
 */
import type { Guard, HostView, Silence } from '../plan/host-view.js';
import type { HostDriver, HostSettings } from './host-driver.js';

export class FakeHost implements HostDriver {
  readonly onLoopback = new Set<string>();
  /** Addresses that cannot be taken off. */
  readonly sticky = new Set<string>();
  settings: HostSettings = { quiet: 0 };
  /** What the host sets after a reboot. */
  kept: HostSettings | undefined;
  /** Undefined where there is no guard. */
  covered: Set<string> | undefined;
  /** Those of its network card. */
  readonly onCard = new Set(['192.0.2.11']);
  gateways = ['192.0.2.1'];
  /** The guard refuses to be made or changed. */
  guardRefuses = false;
  /** What sets the settings at boot can be neither written nor taken away. */
  readOnly = false;
  /** Settings stay as they are, whatever is written. */
  settingsStick = false;
  /** No address can be taken out of the guard. */
  guardSticks = false;
  /** Every look rejects. */
  broken = false;
  observed = 0;
  looked: (readonly string[])[] = [];
  #last: { readonly text: string; readonly view: HostView } | undefined;

  serve(): void {
    // Everything gets in.
  }

  observe(): Promise<HostView> {
    this.observed += 1;
    if (this.broken) return Promise.reject(new Error('the host answers nothing'));
    const view = this.#view([...this.onLoopback], [...this.onCard]);
    const text = JSON.stringify([view, [...view.guard.addresses]]);
    if (this.#last?.text !== text) this.#last = { text, view };
    return Promise.resolve(this.#last.view);
  }

  look(addresses: readonly string[]): Promise<HostView> {
    this.looked.push(addresses);
    const [onLoopback, onCard] = [this.onLoopback, this.onCard].map((all) =>
      addresses.filter((address) => all.has(address)),
    );
    const view = this.#view(onLoopback ?? [], onCard ?? []);
    const few = addresses.filter((address) => view.guard.addresses.has(address));
    return Promise.resolve({ ...view, guard: { ...view.guard, addresses: new Set(few) }, partial: true });
  }

  readSilence(): Promise<Silence> {
    return Promise.resolve(this.#silence());
  }

  readSettings(): Promise<HostSettings> {
    return Promise.resolve(this.settings);
  }

  silentSettings(): HostSettings {
    return { quiet: 1 };
  }

  writeSettings(settings: HostSettings): Promise<void> {
    if (!this.settingsStick) this.settings = { ...this.settings, ...settings };
    return Promise.resolve();
  }

  keepSettings(settings: HostSettings): Promise<void> {
    if (this.readOnly) return Promise.reject(new Error('read-only file system'));
    this.kept = settings;
    return Promise.resolve();
  }

  forgetSettings(): Promise<void> {
    if (this.readOnly) return Promise.reject(new Error('read-only file system'));
    this.kept = undefined;
    return Promise.resolve();
  }

  guarded(addresses: readonly string[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(addresses.filter((address) => this.covered?.has(address))));
  }

  loadGuard(addresses: readonly string[]): Promise<void> {
    return this.#changeGuard(() => (this.covered = new Set(addresses)));
  }

  guard(addresses: readonly string[]): Promise<void> {
    return this.#changeGuard(() => addresses.forEach((address) => this.covered?.add(address)));
  }

  unguard(addresses: readonly string[]): Promise<void> {
    if (this.guardSticks) return Promise.reject(new Error('the element stays'));
    return this.#changeGuard(() => addresses.forEach((address) => this.covered?.delete(address)));
  }

  dropGuard(): Promise<void> {
    return this.#changeGuard(() => (this.covered = undefined));
  }

  #changeGuard(change: () => void): Promise<void> {
    if (this.guardRefuses) return Promise.reject(new Error('nft: command not found'));
    change();
    return Promise.resolve();
  }

  bind(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) this.onLoopback.add(address);
    return Promise.resolve();
  }

  unbind(addresses: readonly string[]): Promise<void> {
    const stuck = addresses.filter((address) => this.sticky.has(address));
    for (const address of addresses) if (!this.sticky.has(address)) this.onLoopback.delete(address);
    return stuck.length > 0 ? Promise.reject(new Error(`${stuck.join()} stays`)) : Promise.resolve();
  }

  #silence(): Silence {
    const inForce = Number(this.settings['quiet'] ?? 0) > 0;
    const deviations = inForce ? [] : [{ thing: 'quiet', found: '0', wanted: '1' }];
    const kept = this.kept !== undefined;
    return { inForce, deviations, problems: inForce ? [] : ['quiet is 0'], kept };
  }

  #guard(): Guard {
    const standing = this.covered !== undefined;
    return { standing, inForce: standing, addresses: new Set(this.covered), advice: 'It is a wall.' };
  }

  #view(onLoopback: readonly string[], onCard: readonly string[]): HostView {
    const up = { up: true, mtu: 1500 };
    const lo = onLoopback.map((address) => ({ address, prefixLength: address.includes(':') ? 128 : 32 }));
    const eth = onCard.map((address) => ({ address, prefixLength: 24 }));
    return {
      interfaces: [
        { name: 'lo', loopback: true, mac: null, ...up, addresses: lo },
        { name: 'eth0', loopback: false, mac: '02:00:00:00:00:bb', ...up, addresses: eth },
      ],
      gateways: this.gateways,
      silence: this.#silence(),
      guard: this.#guard(),
    };
  }
}
