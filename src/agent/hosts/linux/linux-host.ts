/**
 * A Linux real server: VIPs on lo by `ip`, silence by sysctl. It does what it is told, in the order it is told, and
 * reads back. Many addresses go to one `ip` by standard input, for a host may hold 10,000.
 */
import type { CommandRunner } from '../../../platform/command-runner.js';
import type { HostDriver, HostSettings } from '../../host-driver.js';
import { isIpv6, type HostView, type Silence } from '../../plan/host-view.js';
import { readArpSettings, readArpSilence, writeArpSettings, writeSilentArp } from './arp-sysctls.js';
import { readGateways, readInterfaces } from './read-ip-json.js';

export class LinuxHost implements HostDriver {
  constructor(private readonly commands: CommandRunner) {}

  async observe(): Promise<HostView> {
    const [addresses, routes, routes6, silence] = await Promise.all([
      this.commands.run(['ip', '-json', 'address', 'show']),
      this.commands.run(['ip', '-json', 'route', 'show', 'default']),
      this.commands.run(['ip', '-json', '-6', 'route', 'show', 'default']),
      readArpSilence(),
    ]);
    return { interfaces: readInterfaces(addresses), gateways: readGateways(routes, routes6), silence };
  }

  readSilence(): Promise<Silence> {
    return readArpSilence();
  }

  readSettings(): Promise<HostSettings> {
    return readArpSettings();
  }

  silence(): Promise<void> {
    return writeSilentArp();
  }

  restore(settings: HostSettings): Promise<void> {
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
    const input = addresses.map((address) => `${line(address)}\n`).join('');
    // With -force, one address that the kernel refuses does not hold up the others.
    await this.commands.run(['ip', '-force', '-batch', '-'], { input });
  }
}
