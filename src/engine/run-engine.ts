/**
 * The role `homeward engine`: puts the director's parts together and hands them to the link.
 */
import { runNode } from '../link/run-node.js';
import { startProgram, systemCommands } from '../platform/command-runner.js';
import { engineEnv } from '../platform/env.js';
import { createLogger, type Logger } from '../platform/logger.js';
import { untilStopped } from '../platform/shutdown.js';
import type { ForwardingDriver } from './drivers/forwarding-driver.js';
import { NftablesDriver } from './drivers/nftables/nftables.driver.js';
import { Engine } from './engine.js';
import { MetricsServer } from './metrics/metrics-server.js';
import { DirectorWatch } from './watch/director-watch.js';
import { FrameWire } from './wire/frame-wire.js';

export async function runEngine(): Promise<void> {
  const { apiUrl, joinToken, stateDir, interface: named, metricsPort, logLevel } = engineEnv();
  const logger = createLogger('engine', logLevel);
  const commands = systemCommands;
  const driver = new NftablesDriver({ commands, stateDir, logger });
  const watch = new DirectorWatch({ logger, isOwn: (pid) => driver.isOwn(pid) });
  driver.onOwn((pid) => watch.own(pid));
  const wire = new FrameWire(startProgram);
  const engine = new Engine({ driver, commands, stateDir, interface: named, logger, watch, wire });
  const config = { apiUrl, stateDir, ...(joinToken === undefined ? {} : { joinToken }) };
  const metrics = metricsPort === undefined ? undefined : await serveMetrics(driver, metricsPort, logger);
  try {
    await runNode(engine, config, untilStopped(), logger);
  } finally {
    metrics?.stop();
  }
}

/** Loads what metrics need, which most directors do without. */
async function serveMetrics(driver: ForwardingDriver, port: number, logger: Logger): Promise<MetricsServer> {
  const { serviceMetrics } = await import('./metrics/service-metrics.js');
  const read = async () => serviceMetrics([...driver.inForce.values()], await driver.totals());
  return MetricsServer.start(port, read, logger);
}
