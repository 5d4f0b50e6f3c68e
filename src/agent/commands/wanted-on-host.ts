/**
 * The VIPs for which directors may send packets to this host, by the last known good on disk, so that it needs no control
 * plane: a VIP goes from there once no director sends here any more, and only by a running agent.
 */
import { readHeld } from '../../link/held/held-store.js';
import type { Logger } from '../../platform/logger.js';
import { VipLedger } from '../settlement/vip-ledger.js';

/** Of a last known good that cannot be read whole, or that is not there, what the agent has put here counts as wanted. */
export async function wantedOnHost(stateDir: string, logger: Logger): Promise<readonly string[]> {
  const { held, kept } = await readHeld(stateDir);
  if (kept === 'all' && held.head !== null) return [...held.documents.keys()];
  const ledger = await VipLedger.open(stateDir, logger);
  return [...new Set([...held.documents.keys(), ...ledger.ours, ...ledger.borrowed])];
}
