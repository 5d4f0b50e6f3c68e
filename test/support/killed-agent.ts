/**
 * The agent with a bomb: everything that it does to the host or to its files is a step, and it ends itself by SIGKILL
 * at the step that HOMEWARD_TEST_KILL_AT names, counted from 1. A step is told before it is done; half a line and half
 * a batch are steps of their own. Else it is the real agent on the real host, started from what is on disk, which ends
 * when the host is as the documents say, and then prints its steps.
 * HOMEWARD_TEST_ORDER=vip-first binds the VIPs before anything else, which is the mistake to be seen.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import type { HostSettings } from '../../src/agent/host-driver.js';
import type { Document, VipDocument } from '../../src/contract/documents.js';
import type { CommandOptions, CommandRunner } from '../../src/platform/command-runner.js';

const KILL_AT = Number(process.env['HOMEWARD_TEST_KILL_AT'] ?? 0);
const VIP_FIRST = process.env['HOMEWARD_TEST_ORDER'] === 'vip-first';
/** Programs and words that change something. */
const CHANGES = /^(ip .*-batch|nft -f)/;
const steps: string[] = [];

plantInFiles();
// Later than the bombs, for these modules bind to the functions as they find them.
const { LinuxHost } = await import('../../src/agent/hosts/linux/linux-host.js');
const { linuxReader } = await import('../../src/agent/hosts/linux/read-for-proofs.js');
const { Proofs } = await import('../../src/agent/proofs/proofs.js');
const { VipKeeper } = await import('../../src/agent/vip-keeper.js');
const { readHeld } = await import('../../src/link/held/held-store.js');
const { systemCommands } = await import('../../src/platform/command-runner.js');
const { bootEnv } = await import('../../src/platform/env.js');
const { createLogger } = await import('../../src/platform/logger.js');

const watched: CommandRunner = {
  async run(argv, options) {
    const words = argv.join(' ');
    if (argv[0] === 'ip' && CHANGES.test(words)) await halfABatch(argv, options);
    step(`${CHANGES.test(words) ? '' : 'read: '}${words}`);
    return systemCommands.run(argv, options);
  },
};

class VipFirstHost extends LinuxHost {
  override async keepSettings(settings: HostSettings): Promise<void> {
    await this.bind(vips);
    await super.keepSettings(settings);
  }
}

const env = bootEnv();
const logger = createLogger('agent', env.logLevel);
const { held } = await readHeld(env.stateDir);
const vips = [...held.documents.keys()];
const host = new (VIP_FIRST ? VipFirstHost : LinuxHost)(watched, env.sysctlDir);
const proofs = new Proofs(linuxReader(systemCommands), logger);
const keeper = new VipKeeper(host, proofs, env.stateDir, logger);
const faults = await keeper.reconcile(held.documents as Map<string, Document<VipDocument>>, 7, {
  strange: [],
  released: new Set(held.released.keys()),
});
await keeper.stop();
if (faults.length > 0) throw new Error(JSON.stringify(faults));
process.stdout.write(JSON.stringify(steps));

function step(name: string): void {
  steps.push(name);
  if (steps.length === KILL_AT) process.kill(process.pid, 'SIGKILL');
}

/** `ip` takes line after line, and may be killed between two of them as well. */
async function halfABatch(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<void> {
  if (steps.length + 1 === KILL_AT) {
    const lines = String(options.input).split('\n');
    const input = `${lines.slice(0, lines.length / 2).join('\n')}\n`;
    await systemCommands.run(argv, { ...options, input });
  }
  step(`half of ${argv.join(' ')}`);
}

function plantInFiles(): void {
  const { fdatasync, writeSync } = fs;
  const { rename, rm, writeFile } = fs.promises;
  Object.assign(fs, {
    fdatasync: (file: number, done: fs.NoParamCallback) => {
      step('sync a journal');
      fdatasync(file, done);
    },
    writeSync: (file: number, bytes: Buffer, ...rest: number[]) => {
      if (steps.length + 1 === KILL_AT) writeSync(file, bytes.subarray(0, bytes.length / 2));
      step('half a line of a journal');
      return writeSync(file, bytes, ...rest);
    },
  });
  fs.promises.rename = (from, to) => {
    step(`rename ${basename(String(to))}`);
    return rename(from, to);
  };
  fs.promises.rm = (path, options) => {
    if (!String(path).endsWith('.tmp')) step(`remove ${basename(String(path))}`);
    return rm(path, options);
  };
  fs.promises.writeFile = (path, data, options) => {
    if (String(path).startsWith('/proc/sys/')) step(`write ${String(path)}`);
    return writeFile(path, data, options);
  };
  syncBuiltinESMExports();
}
