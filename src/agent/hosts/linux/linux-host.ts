/**
 * A Linux real server: VIPs on lo by `ip`, silence by sysctl and by a guard in nf_tables. It does what it is told, in
 * the order it is told, and reads back. Many addresses go to one `ip` by standard input, for a host may hold 10,000.
 */
import type { CommandRunner } from '../../../platform/command-runner.js';
import { defaultRoutesFrom, interfacesFrom } from '../../../platform/host-interfaces.js';
import { runIpBatch } from '../../../platform/ip-batch.js';
import { bindLine, unbindLine } from '../../../setup/linux/address-lines.js';
import type { HostView, Silence } from '../../plan/host-view.js';
import type { HostDriver, HostSettings } from '../host-driver.js';
import {
  readArpSettings,
  readCommonSettings,
  readArpSilence,
  silentArpSettings,
  writeArpSettings,
} from './arp-sysctls.js';
import { NftGuard } from './nft-guard.js';
import { readPlaces } from './read-places.js';
import { SysctlDropIn } from './sysctl-drop-in.js';

/** They count down, so that two listings of one state would differ. */
const LIFETIMES = /"(?:valid|preferred)_life_time":\d+/g;

interface Observed {
  /** All that the view was made from. */
  readonly text: string;
  readonly view: HostView;
}

export class LinuxHost implements HostDriver {
  #last: Observed | undefined;

  readonly #guard: NftGuard;
  readonly #dropIn: SysctlDropIn;

  /** `sysctlDir`: where the host keeps settings that it sets at boot. */
  constructor(
    private readonly commands: CommandRunner,
    sysctlDir: string,
  ) {
    this.#guard = new NftGuard(commands);
    this.#dropIn = new SysctlDropIn(sysctlDir);
  }

  serve(): void {
    // What a packet filter of the host lets in is the administrator's to say.
  }

  async observe(): Promise<HostView> {
    const [addresses, routes, routes6, silence, guard] = await Promise.all([
      this.commands.run(['ip', '-json', 'address', 'show']),
      this.commands.run(['ip', '-json', '-4', 'route', 'show', 'default']),
      this.commands.run(['ip', '-json', '-6', 'route', 'show', 'default']),
      this.readSilence(),
      this.#guard.read(),
    ]);
    const rest = JSON.stringify([silence, { ...guard, addresses: [...guard.addresses] }]);
    const text = [addresses.replaceAll(LIFETIMES, ''), routes, routes6, rest].join('\n');
    if (this.#last?.text !== text) {
      const { gateways } = defaultRoutesFrom(routes, routes6);
      this.#last = { text, view: { interfaces: interfacesFrom(addresses), gateways, silence, guard } };
    }
    return this.#last.view;
  }

  async look(addresses: readonly string[]): Promise<HostView> {
    const [silence, guard, ...listings] = await Promise.all([
      this.readSilence(),
      this.#guard.look(addresses),
      ...addresses.map((address) => this.commands.run(['ip', '-json', 'address', 'show', 'to', address])),
    ]);
    const gateways = this.#last?.view.gateways ?? [];
    return { interfaces: listings.flatMap(readPlaces), gateways, silence, guard, partial: true };
  }

  async readSilence(): Promise<Silence> {
    const [silence, settings] = await Promise.all([readArpSilence(), readCommonSettings()]);
    return { ...silence, kept: await this.#dropIn.holds(silentArpSettings(settings)) };
  }

  readSettings(): Promise<HostSettings> {
    return readArpSettings();
  }

  silentSettings(found: HostSettings): HostSettings {
    return silentArpSettings(found);
  }

  writeSettings(settings: HostSettings): Promise<void> {
    return writeArpSettings(settings);
  }

  keepSettings(settings: HostSettings): Promise<void> {
    return this.#dropIn.write(settings);
  }

  forgetSettings(): Promise<void> {
    return this.#dropIn.remove();
  }

  async guarded(addresses: readonly string[]): Promise<ReadonlySet<string>> {
    return (await this.#guard.look(addresses)).addresses;
  }

  loadGuard(addresses: readonly string[]): Promise<void> {
    return this.#guard.load(addresses);
  }

  guard(addresses: readonly string[]): Promise<void> {
    return this.#guard.add(addresses);
  }

  unguard(addresses: readonly string[]): Promise<void> {
    return this.#guard.remove(addresses);
  }

  dropGuard(): Promise<void> {
    return this.#guard.drop();
  }

  async bind(addresses: readonly string[]): Promise<void> {
    await this.#batch(addresses, bindLine);
  }

  async unbind(addresses: readonly string[]): Promise<void> {
    await this.#batch(addresses, unbindLine);
  }

  async #batch(addresses: readonly string[], line: (address: string) => string): Promise<void> {
    const [failed] = await runIpBatch(this.commands, addresses.map(line));
    if (failed !== undefined) throw new Error(`${addresses[failed.line] ?? ''}: ${failed.message}`);
  }
}
