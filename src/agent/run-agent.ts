/**
 * `homeward agent`: holds a real server's VIPs, silently. This file only chooses the host driver and ties the agent's
 * work to the link.
 */
import { runNode } from '../link/run-node.js';
import { systemCommands } from '../platform/command-runner.js';
import { agentEnv } from '../platform/env.js';
import { createLogger } from '../platform/logger.js';
import { untilStopped } from '../platform/shutdown.js';
import { LinuxHost } from './hosts/linux/linux-host.js';
import { linuxReader } from './hosts/linux/read-for-proofs.js';
import { Proofs } from './proofs/proofs.js';
import { VipKeeper } from './vip-keeper.js';

export async function runAgent(): Promise<void> {
  const env = agentEnv();
  const logger = createLogger('agent', env.logLevel);
  if (process.platform !== 'linux') throw new Error(`there is no agent for ${process.platform} yet`);
  const proofs = new Proofs(linuxReader(systemCommands), logger);
  const keeper = new VipKeeper(new LinuxHost(systemCommands, env.sysctlDir), proofs, env.stateDir, logger);
  await runNode(keeper, env, untilStopped(), logger);
}
