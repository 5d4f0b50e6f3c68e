/** The real agent, which looks at its host, firewall and forwarding several times a second, so that nobody waits for it. */
import { LinuxHost } from '../../src/agent/hosts/linux/linux-host.js';
import { linuxReader } from '../../src/agent/hosts/linux/read-for-proofs.js';
import { watchKernel } from '../../src/agent/hosts/linux/watch-kernel.js';
import { Proofs } from '../../src/agent/proofs/proofs.js';
import { InstalledKeeper } from '../../src/agent/keeper/installed-keeper.js';
import { runNode } from '../../src/link/run-node.js';
import { systemCommands } from '../../src/platform/command-runner.js';
import { agentEnv } from '../../src/platform/env.js';
import { createLogger } from '../../src/platform/logger.js';
import { untilStopped } from '../../src/platform/shutdown.js';

const READ_MS = 300;
const POLL_MS = 500;

const env = agentEnv();
const logger = createLogger('agent', env.logLevel);
const host = new LinuxHost(systemCommands, env.sysctlDir);
const proofs = new Proofs(linuxReader(systemCommands), logger, { readMs: READ_MS });
const watch = watchKernel(logger);
void runNode(
  new InstalledKeeper(env.stateDir, host, proofs, env.stateDir, logger, { watch, pollMs: POLL_MS }),
  env,
  untilStopped(),
  logger,
);
