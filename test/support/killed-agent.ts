/**
 * The agent with a bomb: everything that it does to the host or to its files is a step, and it ends itself by SIGKILL
 * at the step that HOMEWARD_TEST_KILL_AT names, counted from 1. A step is told before it is done; half a line and half
 * a batch are steps of their own. Else it is the real agent, or its boot command (HOMEWARD_TEST_DOES=boot), on the real
 * host, started from what is on disk, which ends when the host is as the documents say, and then prints its steps.
 * HOMEWARD_TEST_WITHOUT takes one lock away without its knowing, and has the host answer for an IPv6 VIP on lo where that
 * is the settings; HOMEWARD_TEST_ORDER makes the mistakes that must be seen then.
 */
import { networkInterfaces } from 'node:os';
import { killsNext, step, steps } from './planted-bombs.js';
import { bootHost } from '../../src/agent/commands/boot-agent.js';
import type { HostSettings } from '../../src/agent/hosts/host-driver.js';
import { LinuxHost } from '../../src/agent/hosts/linux/linux-host.js';
import { linuxReader } from '../../src/agent/hosts/linux/read-for-proofs.js';
import { VipKeeper } from '../../src/agent/keeper/vip-keeper.js';
import type { HostView, Silence } from '../../src/agent/plan/host-view.js';
import { Proofs } from '../../src/agent/proofs/proofs.js';
import type { Document, VipDocument } from '../../src/contract/documents.js';
import type { HeldDocuments } from '../../src/link/held/held-documents.js';
import { readHeld } from '../../src/link/held/held-store.js';
import {
  systemCommands,
  type CommandOptions,
  type CommandRunner,
} from '../../src/platform/command-runner.js';
import { bootEnv } from '../../src/platform/env.js';
import { createLogger } from '../../src/platform/logger.js';
import type { OneLock, WrongOrder } from './crash-lab.js';

const WITHOUT = process.env['HOMEWARD_TEST_WITHOUT'] as OneLock | '' | undefined;
const ORDER = process.env['HOMEWARD_TEST_ORDER'] as WrongOrder | '' | undefined;
/** What is said when one was made. */
const MISTAKE = 'a mistake';
const LOUD_SETTINGS = { 'all/arp_ignore': 0, 'all/arp_announce': 0 };
/** Programs and words that change something. */
const CHANGES = /^(ip .*-batch|nft -f)/;

const watched: CommandRunner = {
  async run(argv, options) {
    const words = argv.join(' ');
    const loud =
      argv[0] === 'ip' && CHANGES.test(words) ? { ...options, input: loudBatch(options) } : options;
    if (loud !== options) await halfABatch(argv, loud);
    step(`${CHANGES.test(words) ? '' : 'read: '}${words}`);
    return systemCommands.run(argv, loud);
  },
};

class HinderedHost extends LinuxHost {
  #silent = false;
  #covered: Set<string> | undefined;

  constructor(private readonly vips: readonly string[]) {
    super(watched, env.sysctlDir);
  }

  override async readSilence(): Promise<Silence> {
    const silence = await super.readSilence();
    if (WITHOUT !== 'settings') return silence;
    return { ...silence, inForce: this.#silent, deviations: [], problems: [] };
  }

  override async writeSettings(settings: HostSettings): Promise<void> {
    if (ORDER === 'vip-before-settings') await this.#mistake(() => this.bind(this.vips));
    if (WITHOUT !== 'settings') return super.writeSettings(settings);
    step('write no settings');
    this.#silent = true;
  }

  override async observe(): Promise<HostView> {
    return this.#seen(await super.observe());
  }

  override async look(addresses: readonly string[]): Promise<HostView> {
    return this.#seen(await super.look(addresses));
  }

  override async guarded(addresses: readonly string[]): Promise<ReadonlySet<string>> {
    return WITHOUT === 'guard' ? new Set(addresses) : super.guarded(addresses);
  }

  override async loadGuard(addresses: readonly string[]): Promise<void> {
    if (ORDER === 'vip-before-guard') await this.#mistake(() => this.bind(this.vips));
    if (WITHOUT !== 'guard') return super.loadGuard(addresses);
    step('nft -f no guard');
    this.#covered = new Set(addresses);
  }

  override async dropGuard(): Promise<void> {
    if (WITHOUT !== 'guard') return super.dropGuard();
    step('nft -f no guard');
    this.#covered = undefined;
  }

  override async unbind(addresses: readonly string[]): Promise<void> {
    if (ORDER === 'guard-first-off') await this.#mistake(() => super.dropGuard());
    if (ORDER === 'settings-first-off') await this.#mistake(() => super.writeSettings(LOUD_SETTINGS));
    await super.unbind(addresses);
  }

  async #mistake(make: () => Promise<void>): Promise<void> {
    await make();
    step(MISTAKE);
  }

  #seen(view: HostView): HostView {
    if (WITHOUT !== 'guard') return view;
    const standing = this.#covered !== undefined;
    const guard = { ...view.guard, standing, inForce: standing, addresses: new Set(this.#covered) };
    return { ...view, guard };
  }
}

const env = bootEnv();
const logger = createLogger('agent', env.logLevel);
void doWhatIsAsked();

async function doWhatIsAsked(): Promise<void> {
  const { held } = await readHeld(env.stateDir);
  const host = new HinderedHost([...held.documents.keys()]);
  await (process.env['HOMEWARD_TEST_DOES'] === 'boot' ? boot(host) : run(host, held));
  process.stdout.write(JSON.stringify(steps));
}

async function boot(host: LinuxHost): Promise<void> {
  const exitCode = await bootHost(host, env.stateDir, logger);
  if (exitCode !== 0) throw new Error(`the boot command ended with ${exitCode}`);
}

async function run(host: LinuxHost, held: HeldDocuments): Promise<void> {
  const proofs = new Proofs(linuxReader(systemCommands), logger);
  const keeper = new VipKeeper(host, proofs, env.stateDir, logger);
  const faults = await keeper.reconcile(held.documents as Map<string, Document<VipDocument>>, 7, {
    strange: [],
    released: new Set(held.released.keys()),
  });
  await keeper.stop();
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
}

/** What is bound is loud, and what is bound no more is not. */
function loudBatch({ input = '' }: CommandOptions = {}): string {
  if (WITHOUT !== 'settings' || !('eth0' in networkInterfaces())) return String(input);
  const line = /^address (add|del) (\S+)\/128 dev lo.*$/gm;
  return String(input).replace(line, '$&\nneigh $1 proxy $2 dev eth0');
}

/** `ip` takes line after line, and may be killed between two of them as well. */
async function halfABatch(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<void> {
  if (killsNext()) {
    const lines = String(options.input).split('\n');
    const input = `${lines.slice(0, lines.length / 2).join('\n')}\n`;
    await systemCommands.run(argv, { ...options, input });
  }
  step(`half of ${argv.join(' ')}`);
}
