/**
 * `homeward agent release`: lets go of all that the agent holds on this host, in the order that never leaks, and puts
 * back what it changed; then it ends. It is for the day on which the agent leaves the host. As long as a VIP is wanted
 * here, directors may send its packets, and go on when nobody is there any more: then it refuses, unless it is forced.
 * What an operator put on the host stays.
 */
import { mkdir } from 'node:fs/promises';
import { lockStateDir } from '../../link/state-lock.js';
import { systemCommands } from '../../platform/command-runner.js';
import { bootEnv } from '../../platform/env.js';
import { createLogger, type Logger } from '../../platform/logger.js';
import type { HostDriver } from '../hosts/host-driver.js';
import { hostForPlatform } from '../hosts/host-for-platform.js';
import { addressPlaces, isOnLoopback } from '../../setup/host-plan/seen-host.js';
import { HostSettlement } from '../settlement/settle-host.js';
import { VipLedger } from '../settlement/vip-ledger.js';
import { refuseWhileWanted } from './refuse-while-wanted.js';

export async function releaseAgent({ force = false }: { readonly force?: boolean }): Promise<void> {
  const env = bootEnv();
  const logger = createLogger('agent', env.logLevel);
  const { driver, lock } = hostForPlatform(process.platform, systemCommands, env.sysctlDir);
  await mkdir(env.stateDir, { recursive: true, mode: 0o700 });
  const locks = [await lock(env.runDir), await lockStateDir(env.stateDir)];
  try {
    if (!force) await refuseWhileWanted(env.stateDir, logger);
    await releaseHost(driver, env.stateDir, logger);
  } finally {
    for (const each of locks) await each.close();
  }
}

/** Rejects where something stays, with what it is. */
export async function releaseHost(host: HostDriver, stateDir: string, logger: Logger): Promise<void> {
  const ledger = await VipLedger.open(stateDir, logger);
  const gone = [...ledger.ours, ...ledger.borrowed];
  const scope = {
    accepted: new Set<string>(),
    gone,
    silenceNeeded: false,
    guardNeeded: false,
    observe: () => host.observe(),
  };
  const { view, failure } = await new HostSettlement(host, ledger, logger, scope).settle(
    await host.observe(),
  );
  const places = addressPlaces(view);
  const left = gone.filter((address) => isOnLoopback(address, places));
  if (left.length > 0) {
    throw new Error(
      `${left.join(', ')} is still on this host, and so is what keeps it silent. ${failure ?? 'Somebody else put it there: take it away, and try again.'}`,
    );
  }
  if (ledger.changedSettings || failure !== undefined)
    throw new Error(`Not all is as it was before: ${failure ?? 'settings remain'}`);
}
