/**
 * The agent with a bomb: it ends itself by SIGKILL right before or after the step that HOMEWARD_TEST_CRASH names, such as
 * `before bind`. Everything else is the real agent on the real host.
 */
import type { HostDriver, HostSettings } from '../../src/agent/host-driver.js';
import { LinuxHost } from '../../src/agent/hosts/linux/linux-host.js';
import { VipKeeper } from '../../src/agent/vip-keeper.js';
import { runNode } from '../../src/link/run-node.js';
import { systemCommands } from '../../src/platform/command-runner.js';
import { agentEnv } from '../../src/platform/env.js';
import { createLogger } from '../../src/platform/logger.js';
import { untilStopped } from '../../src/platform/shutdown.js';

class CrashingHost implements HostDriver {
  constructor(
    private readonly host: HostDriver,
    private readonly crash: string,
  ) {}

  observe = () => this.host.observe();
  readSilence = () => this.host.readSilence();
  readSettings = () => this.host.readSettings();
  silence = () => this.#step('silence', () => this.host.silence());
  restore = (settings: HostSettings) => this.#step('restore', () => this.host.restore(settings));
  bind = (addresses: readonly string[]) => this.#step('bind', () => this.host.bind(addresses));
  unbind = (addresses: readonly string[]) => this.#step('unbind', () => this.host.unbind(addresses));

  async #step(name: string, action: () => Promise<void>): Promise<void> {
    this.#crashAt(`before ${name}`);
    await action();
    this.#crashAt(`after ${name}`);
  }

  #crashAt(place: string): void {
    if (place === this.crash) process.kill(process.pid, 'SIGKILL');
  }
}

const env = agentEnv();
const logger = createLogger('agent', env.logLevel);
const host = new CrashingHost(new LinuxHost(systemCommands), process.env['HOMEWARD_TEST_CRASH'] ?? '');
await runNode(new VipKeeper(host, env.stateDir, logger), env, untilStopped(), logger);
