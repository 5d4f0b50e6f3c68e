/**
 * The agent with a bomb: it ends itself by SIGKILL at the place that HOMEWARD_TEST_CRASH names. Everything else is the
 * real agent on the real host. Places, where n counts from 1:
 * - `before bind`, `after bind`, and the same of `unbind` and `settings`: around a step on the host;
 * - `within bind`, `within unbind`: with the first half of the addresses done;
 * - `settings write n`: instead of the n-th write of a setting;
 * - `ledger line n`: with the n-th line written to the ledger and not yet durable;
 * - `ledger rename`: with the ledger written anew under its temporary name.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { HostDriver, HostSettings } from '../../src/agent/host-driver.js';

const CRASH = process.env['HOMEWARD_TEST_CRASH'] ?? '';
const LEDGER = /\/agent-ledger$/;

function crashAt(place: string): void {
  if (place === CRASH) process.kill(process.pid, 'SIGKILL');
}

plantInFiles();
// Later than the bombs, for these modules bind to the functions as they find them.
const { LinuxHost } = await import('../../src/agent/hosts/linux/linux-host.js');
const { linuxReader } = await import('../../src/agent/hosts/linux/read-for-proofs.js');
const { Proofs } = await import('../../src/agent/proofs/proofs.js');
const { VipKeeper } = await import('../../src/agent/vip-keeper.js');
const { runNode } = await import('../../src/link/run-node.js');
const { systemCommands } = await import('../../src/platform/command-runner.js');
const { agentEnv } = await import('../../src/platform/env.js');
const { createLogger } = await import('../../src/platform/logger.js');
const { untilStopped } = await import('../../src/platform/shutdown.js');

class CrashingHost implements HostDriver {
  constructor(private readonly host: HostDriver) {}

  serve = (...services: Parameters<HostDriver['serve']>) => this.host.serve(...services);
  observe = () => this.host.observe();
  look = (addresses: readonly string[]) => this.host.look(addresses);
  readSilence = () => this.host.readSilence();
  readSettings = () => this.host.readSettings();
  silentSettings = (found: HostSettings) => this.host.silentSettings(found);
  writeSettings = (settings: HostSettings) => this.#step('settings', () => this.host.writeSettings(settings));
  keepSettings = (settings: HostSettings) => this.#step('keep', () => this.host.keepSettings(settings));
  forgetSettings = () => this.#step('forget', () => this.host.forgetSettings());
  guarded = (addresses: readonly string[]) => this.host.guarded(addresses);
  loadGuard = (addresses: readonly string[]) => this.#step('guard', () => this.host.loadGuard(addresses));
  guard = (addresses: readonly string[]) => this.#step('guard', () => this.host.guard(addresses));
  unguard = (addresses: readonly string[]) => this.#step('unguard', () => this.host.unguard(addresses));
  dropGuard = () => this.#step('unguard', () => this.host.dropGuard());
  bind = (addresses: readonly string[]) => this.#batch('bind', addresses, (part) => this.host.bind(part));
  unbind = (addresses: readonly string[]) =>
    this.#batch('unbind', addresses, (part) => this.host.unbind(part));

  async #batch(
    name: string,
    addresses: readonly string[],
    action: (part: readonly string[]) => Promise<void>,
  ): Promise<void> {
    if (CRASH === `within ${name}`) {
      await action(addresses.slice(0, addresses.length / 2));
      crashAt(`within ${name}`);
    }
    await this.#step(name, () => action(addresses));
  }

  async #step(name: string, action: () => Promise<void>): Promise<void> {
    crashAt(`before ${name}`);
    await action();
    crashAt(`after ${name}`);
  }
}

function plantInFiles(): void {
  const { fdatasync } = fs;
  const { rename, writeFile } = fs.promises;
  let lines = 0;
  let settings = 0;
  Object.assign(fs, {
    fdatasync: (file: number, done: fs.NoParamCallback) => {
      if (LEDGER.test(fs.readlinkSync(`/proc/self/fd/${file}`))) crashAt(`ledger line ${++lines}`);
      fdatasync(file, done);
    },
  });
  fs.promises.rename = (from, to) => {
    if (LEDGER.test(String(to))) crashAt('ledger rename');
    return rename(from, to);
  };
  fs.promises.writeFile = (path, data, options) => {
    if (String(path).startsWith('/proc/sys/')) crashAt(`settings write ${++settings}`);
    return writeFile(path, data, options);
  };
  syncBuiltinESMExports();
}

const env = agentEnv();
const logger = createLogger('agent', env.logLevel);
const host = new CrashingHost(new LinuxHost(systemCommands, env.sysctlDir));
const proofs = new Proofs(linuxReader(systemCommands), logger);
await runNode(new VipKeeper(host, proofs, env.stateDir, logger), env, untilStopped(), logger);
