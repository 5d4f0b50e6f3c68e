/**
 * The role `homeward engine`: puts the director's parts together and hands them to the link.
 */
import { runNode } from '../link/run-node.js';
import { systemCommands } from '../platform/command-runner.js';
import { engineEnv } from '../platform/env.js';
import { createLogger } from '../platform/logger.js';
import { untilStopped } from '../platform/shutdown.js';
import { NftablesDriver } from './drivers/nftables/nftables.driver.js';
import { Engine } from './engine.js';
import { DirectorWatch } from './watch/director-watch.js';

export async function runEngine(): Promise<void> {
  const { apiUrl, joinToken, stateDir, interface: named, logLevel } = engineEnv();
  const logger = createLogger('engine', logLevel);
  const commands = systemCommands;
  const driver = new NftablesDriver({ commands, stateDir, logger });
  const watch = new DirectorWatch({ logger, isOwn: (pid) => driver.isOwn(pid) });
  const engine = new Engine({ driver, commands, stateDir, interface: named, logger, watch });
  const config = { apiUrl, stateDir, ...(joinToken === undefined ? {} : { joinToken }) };
  await runNode(engine, config, untilStopped(), logger);
}
