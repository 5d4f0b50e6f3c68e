/**
 * A Windows real server: VIPs on a KM-TEST loopback adapter that is on no network, weak host routing between it and the
 * others, and a firewall that lets the services in. It does what it is told, reads back, and decides nothing; every
 * script looks the adapter up anew before it puts an address there.
 */
import type { CommandRunner } from '../../../platform/command-runner.js';
import { hostPrefix } from '../../../setup/windows/windows-steps.js';
import type { HostDriver, HostSettings } from '../host-driver.js';
import type { HostView, Silence } from '../../plan/host-view.js';
import { doorChange, type DoorChange, type Services } from './doors.js';
import { readObservation, type Observation } from './observation.js';
import { planWrites } from './plan-writes.js';
import { PowerShell } from './powershell.js';
import { ADAPTER, foundSettings, judgeSilence, silentSettings } from './silent-settings.js';
import { chosenAdapter } from './windows-adapters.js';
import { windowsView } from './windows-view.js';

/** Addresses, or rules, for one run of PowerShell: each takes about a second, and a run may take two minutes. */
const BATCH = 50;

export class WindowsHost implements HostDriver {
  readonly #powershell: PowerShell;
  #services: Services = new Map();
  #last: { readonly text: string; readonly view: HostView } | undefined;
  /** What was seen last. Every start of PowerShell costs a good part of a second, and scripts look for themselves. */
  #seen: Observation | undefined;

  /** `program`: what stands for powershell.exe. */
  constructor(commands: CommandRunner, program?: readonly [string, ...string[]]) {
    this.#powershell = new PowerShell(commands, program);
  }

  serve(services: Services): void {
    this.#services = services;
    this.#last = undefined;
  }

  async observe(): Promise<HostView> {
    const text = await this.#read();
    this.#seen = readObservation(text);
    if (this.#last?.text !== text) this.#last = { text, view: this.#view(this.#seen) };
    return this.#last.view;
  }

  async look(addresses: readonly string[]): Promise<HostView> {
    const view = this.#view(await this.#observation());
    const asked = new Set(addresses);
    const covered = [...view.guard.addresses].filter((address) => asked.has(address));
    const interfaces = view.interfaces.map((each) => ({
      ...each,
      addresses: each.addresses.filter(({ address }) => asked.has(address)),
    }));
    const guard = { ...view.guard, addresses: new Set(covered) };
    return { ...view, interfaces, guard, partial: true };
  }

  async readSilence(): Promise<Silence> {
    return judgeSilence(await this.#observation());
  }

  async readSettings(): Promise<HostSettings> {
    return foundSettings(await this.#observation());
  }

  silentSettings(found: HostSettings): HostSettings {
    return silentSettings(found);
  }

  async writeSettings(settings: HostSettings): Promise<void> {
    let observation = await this.#observation();
    if (settings[ADAPTER] === 1 && chosenAdapter(observation) === undefined) {
      await this.#powershell.run({ script: 'install-adapter', request: {} });
      observation = await this.#observation();
    }
    for (const call of planWrites(settings, observation)) await this.#powershell.run(call);
  }

  keepSettings(): Promise<void> {
    return Promise.resolve();
  }

  forgetSettings(): Promise<void> {
    return Promise.resolve();
  }

  async guarded(addresses: readonly string[]): Promise<ReadonlySet<string>> {
    return (await this.look(addresses)).guard.addresses;
  }

  async loadGuard(addresses: readonly string[]): Promise<void> {
    const { rules } = await this.#known();
    const others = rules.map(({ address }) => address).filter((address) => !addresses.includes(address));
    await this.#setDoors(this.#services, [...addresses, ...others]);
  }

  guard(addresses: readonly string[]): Promise<void> {
    return this.#setDoors(this.#services, addresses);
  }

  unguard(addresses: readonly string[]): Promise<void> {
    return this.#setDoors(new Map(), addresses);
  }

  async dropGuard(): Promise<void> {
    const { rules } = await this.#known();
    await this.unguard(rules.map(({ address }) => address));
  }

  async bind(addresses: readonly string[]): Promise<void> {
    const guid = await this.#adapter();
    const places = addresses.map((address) => ({ address, prefixLength: hostPrefix(address) }));
    await inBatches(places, (batch) =>
      this.#powershell.run({ script: 'add-addresses', request: { guid, addresses: batch } }),
    );
  }

  async unbind(addresses: readonly string[]): Promise<void> {
    const guid = await this.#adapter();
    const places = addresses.map((address) => ({ address }));
    await inBatches(places, (batch) =>
      this.#powershell.run({ script: 'remove-addresses', request: { guid, addresses: batch } }),
    );
  }

  async #setDoors(services: Services, addresses: readonly string[]): Promise<void> {
    const { rules } = await this.#known();
    const { close, open } = doorChange(rules, services, addresses);
    const set = (request: DoorChange) => this.#powershell.run({ script: 'set-doors', request });
    await inBatches(close, (batch) => set({ close: batch, open: [] }));
    await inBatches(open, (batch) => set({ close: [], open: batch }));
  }

  #view(observation: Observation): HostView {
    return windowsView(observation, this.#services);
  }

  async #adapter(): Promise<string> {
    const adapter = chosenAdapter(await this.#known());
    if (adapter === undefined) throw new Error('there is no KM-TEST loopback adapter');
    return adapter.guid;
  }

  async #known(): Promise<Observation> {
    return this.#seen ?? (await this.#observation());
  }

  async #observation(): Promise<Observation> {
    this.#seen = readObservation(await this.#read());
    return this.#seen;
  }

  #read(): Promise<string> {
    return this.#powershell.run({ script: 'observe', request: {} });
  }
}

/** Does all of them, whatever comes of one; rejects with what was refused. */
async function inBatches<T>(
  items: readonly T[],
  run: (batch: readonly T[]) => Promise<unknown>,
): Promise<void> {
  const refused: string[] = [];
  for (let start = 0; start < items.length; start += BATCH) {
    const end = start + BATCH;
    await run(items.slice(start, end)).catch((error: unknown) =>
      refused.push(error instanceof Error ? error.message : String(error)),
    );
  }
  if (refused.length > 0) throw new Error(refused.join(' '));
}
