/**
 * `homeward agent`: holds a real server's VIPs, silently. This file only ties the agent's work to the host and to the
 * link.
 */
import { runNode } from '../../link/run-node.js';
import { systemCommands } from '../../platform/command-runner.js';
import { agentEnv } from '../../platform/env.js';
import { createLogger } from '../../platform/logger.js';
import { untilStopped } from '../../platform/shutdown.js';
import { InstalledKeeper } from '../keeper/installed-keeper.js';
import { hostForPlatform } from '../hosts/host-for-platform.js';
import { Proofs } from '../proofs/proofs.js';

export interface RunOptions {
  /** Ends when standard input does. */
  readonly untilInputEnds?: boolean;
}

export async function runAgent({ untilInputEnds = false }: RunOptions = {}): Promise<void> {
  const env = agentEnv();
  const logger = createLogger('agent', env.logLevel);
  const host = hostForPlatform(process.platform, systemCommands, env.sysctlDir);
  const locked = await host.lock(env.runDir);
  try {
    const proofs = new Proofs(host.readHost, logger);
    const watch = host.watchHost(logger);
    const keeper = new InstalledKeeper(env.runDir, host.driver, proofs, env.stateDir, logger, { watch });
    await runNode(keeper, env, untilStopped(untilInputEnds ? process.stdin : undefined), logger);
  } finally {
    await locked.close();
  }
}
