/**
 * Reads the host's network, and remembers when: with ten thousand VIPs a reading takes most of a tenth of a second, so
 * whoever can do with a recent one is given that.
 */
import type { CommandRunner } from '../../platform/command-runner.js';
import {
  readDefaultRoutes,
  readInterfaces,
  type DefaultRoutes,
  type HostInterface,
} from '../../platform/host-interfaces.js';

export interface HostReading {
  readonly interfaces: readonly HostInterface[];
  readonly routes: DefaultRoutes;
}

export class HostReader {
  private last: { readonly reading: HostReading; readonly at: number } | undefined;

  constructor(private readonly commands: CommandRunner) {}

  async read(): Promise<HostReading> {
    const at = performance.now();
    const [interfaces, routes] = await Promise.all([
      readInterfaces(this.commands),
      readDefaultRoutes(this.commands),
    ]);
    this.last = { reading: { interfaces, routes }, at };
    return this.last.reading;
  }

  /** The last reading, unless it is older than this. */
  recent(maxAgeMs: number): HostReading | undefined {
    return this.last !== undefined && performance.now() - this.last.at < maxAgeMs
      ? this.last.reading
      : undefined;
  }
}
