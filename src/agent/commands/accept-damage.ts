/**
 * `homeward agent accept-damage`: somebody says that they looked after what the agent may have changed on this host and no
 * longer knows of, since its ledger was damaged. Nothing else ends that condition: no start and no release can know.
 */
import { lockStateDir } from '../../link/state-lock.js';
import { bootEnv } from '../../platform/env.js';
import { createLogger } from '../../platform/logger.js';
import { VipLedger } from '../settlement/vip-ledger.js';

export async function acceptDamage(): Promise<void> {
  const env = bootEnv();
  const lock = await lockStateDir(env.stateDir);
  try {
    const ledger = await VipLedger.open(env.stateDir, createLogger('agent', env.logLevel));
    await ledger.acceptDamage();
  } finally {
    await lock.close();
  }
}
