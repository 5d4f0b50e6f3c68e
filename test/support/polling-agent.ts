/** The agent without ears: it hears no event of the kernel, and all else is the real agent on the real host. */
import { LinuxHost } from '../../src/agent/hosts/linux/linux-host.js';
import { linuxReader } from '../../src/agent/hosts/linux/read-for-proofs.js';
import { Proofs } from '../../src/agent/proofs/proofs.js';
import { VipKeeper } from '../../src/agent/keeper/vip-keeper.js';
import { runNode } from '../../src/link/run-node.js';
import { systemCommands } from '../../src/platform/command-runner.js';
import { agentEnv } from '../../src/platform/env.js';
import { createLogger } from '../../src/platform/logger.js';
import { untilStopped } from '../../src/platform/shutdown.js';

const env = agentEnv();
const logger = createLogger('agent', env.logLevel);
const host = new LinuxHost(systemCommands, env.sysctlDir);
const proofs = new Proofs(linuxReader(systemCommands), logger);
void runNode(new VipKeeper(host, proofs, env.stateDir, logger), env, untilStopped(), logger);
