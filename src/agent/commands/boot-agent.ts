/**
 * `homeward agent boot`: brings a host from a reboot to the VIPs that it held, before its network is up and without a
 * control plane, in the order that never leaks; then it ends. It lets go of nothing: what shall leave is the business
 * of the agent that runs, which can be told.
 */
import { mkdir } from 'node:fs/promises';
import { readHeld } from '../../link/held/held-store.js';
import { lockStateDir } from '../../link/state-lock.js';
import { systemCommands } from '../../platform/command-runner.js';
import { bootEnv } from '../../platform/env.js';
import { createLogger, type Logger } from '../../platform/logger.js';
import type { HostDriver } from '../hosts/host-driver.js';
import { LinuxHost } from '../hosts/linux/linux-host.js';
import { lockHost } from '../hosts/linux/host-lock.js';
import { addressPlaces } from '../../setup/host-plan/seen-host.js';
import { judgeVip } from '../plan/judge-vip.js';
import { planBoot, type BootPlan } from '../plan/plan-boot.js';
import { HostSettlement } from '../settlement/settle-host.js';
import { VipLedger } from '../settlement/vip-ledger.js';

/** A VIP that the host held is not bound, or not silent. */
const EXIT_NOT_HELD = 1;
/** What was saved cannot be read, so that nothing was bound that hangs on it. */
const EXIT_UNREADABLE = 3;

export async function bootAgent(): Promise<void> {
  if (process.platform !== 'linux')
    throw new Error('this host keeps settings and VIPs over a reboot by itself');
  const env = bootEnv();
  const logger = createLogger('agent', env.logLevel);
  await mkdir(env.stateDir, { recursive: true, mode: 0o700 });
  const locks = [await lockHost(env.runDir), await lockStateDir(env.stateDir)];
  try {
    const host = new LinuxHost(systemCommands, env.sysctlDir);
    process.exitCode = await bootHost(host, env.stateDir, logger);
  } finally {
    for (const lock of locks) await lock.close();
  }
}

/** @returns the exit code. */
export async function bootHost(host: HostDriver, stateDir: string, logger: Logger): Promise<number> {
  const { held, kept } = await readHeld(stateDir);
  const ledger = await VipLedger.open(stateDir, logger);
  const plan = planBoot(held.usable(), ledger);
  if (kept === 'older')
    logger.warn('the end of what was saved is damaged; the host is set up from an older state');
  const lost = kept === 'none' || (held.head === null && ledger.ours.size + ledger.borrowed.size > 0);
  if (lost) logger.error('what was saved is damaged or gone; nothing is bound that hangs on it');
  for (const problem of plan.problems) logger.error({ problem }, 'a saved document is not put in force');
  const notHeld = await settle(host, ledger, plan, logger);
  if (notHeld > 0) return EXIT_NOT_HELD;
  return lost || plan.problems.length > 0 || ledger.damaged ? EXIT_UNREADABLE : 0;
}

/** @returns how many VIPs are not as they shall be. */
async function settle(
  host: HostDriver,
  ledger: VipLedger,
  { bind, awaited, silenceNeeded }: BootPlan,
  logger: Logger,
): Promise<number> {
  if (bind.size + awaited.length === 0 && !silenceNeeded) return 0;
  const observe = () => host.observe();
  const scope = { accepted: bind, awaited, gone: [], silenceNeeded, guardNeeded: true, observe };
  const { view, failure } = await new HostSettlement(host, ledger, logger, scope).settle(
    await host.observe(),
  );
  if (failure !== undefined) logger.warn({ failure }, 'a step failed');
  const places = addressPlaces(view);
  const facts = [...bind].map((address) => judgeVip(address, view, places, undefined));
  const wrong = facts.filter(({ bound, silent }) => !bound || !silent);
  for (const { address, message } of wrong) logger.error({ address, message }, 'a VIP is not held');
  logger.info({ held: facts.length - wrong.length, notHeld: wrong.length }, 'set up from what was saved');
  return wrong.length;
}
