/**
 * A Linux real server: VIPs on lo by `ip`, silence by sysctl. It does what it is told, in the order it is told, and
 * reads back. Many addresses go to one `ip` by standard input, for a host may hold 10,000.
 */
import type { CommandRunner } from '../../../platform/command-runner.js';
import { defaultRoutesFrom, interfacesFrom } from '../../../platform/host-interfaces.js';
import { runIpBatch } from '../../../platform/ip-batch.js';
import type { HostDriver, HostSettings } from '../../host-driver.js';
import { isIpv6, type HostView, type Silence } from '../../plan/host-view.js';
import { readArpSettings, readArpSilence, silentArpSettings, writeArpSettings } from './arp-sysctls.js';
import { readPlaces } from './read-places.js';

/** They count down, so that two listings of one state would differ. */
const LIFETIMES = /"(?:valid|preferred)_life_time":\d+/g;

interface Observed {
  /** All that the view was made from. */
  readonly text: string;
  readonly view: HostView;
}

export class LinuxHost implements HostDriver {
  #last: Observed | undefined;

  constructor(private readonly commands: CommandRunner) {}

  async observe(): Promise<HostView> {
    const [addresses, routes, routes6, silence] = await Promise.all([
      this.commands.run(['ip', '-json', 'address', 'show']),
      this.commands.run(['ip', '-json', '-4', 'route', 'show', 'default']),
      this.commands.run(['ip', '-json', '-6', 'route', 'show', 'default']),
      readArpSilence(),
    ]);
    const text = [addresses.replaceAll(LIFETIMES, ''), routes, routes6, silence.problems.join()].join('\n');
    if (this.#last?.text !== text) {
      const { gateways } = defaultRoutesFrom(routes, routes6);
      this.#last = { text, view: { interfaces: interfacesFrom(addresses), gateways, silence } };
    }
    return this.#last.view;
  }

  async look(addresses: readonly string[]): Promise<HostView> {
    const [silence, ...listings] = await Promise.all([
      readArpSilence(),
      ...addresses.map((address) => this.commands.run(['ip', '-json', 'address', 'show', 'to', address])),
    ]);
    return { interfaces: listings.flatMap(readPlaces), gateways: this.#last?.view.gateways ?? [], silence };
  }

  readSilence(): Promise<Silence> {
    return readArpSilence();
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

  async bind(addresses: readonly string[]): Promise<void> {
    // No broadcast address, and no duplicate detection: the director holds the same VIP on purpose.
    await this.#batch(addresses, (address) =>
      isIpv6(address) ? `address add ${address}/128 dev lo nodad` : `address add ${address}/32 dev lo`,
    );
  }

  async unbind(addresses: readonly string[]): Promise<void> {
    await this.#batch(addresses, (address) => `address del ${address}/${isIpv6(address) ? 128 : 32} dev lo`);
  }

  async #batch(addresses: readonly string[], line: (address: string) => string): Promise<void> {
    const [failed] = await runIpBatch(this.commands, addresses.map(line));
    if (failed !== undefined) throw new Error(`${addresses[failed.line] ?? ''}: ${failed.message}`);
  }
}
