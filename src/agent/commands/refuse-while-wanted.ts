/**
 * Whether a host may be left by its agent: not while a VIP is wanted here, for the directors are told of no agent that
 * leaves, and would send packets to a host that drops them. Judged by the last known good on disk, so that it needs no
 * control plane: a VIP goes from there once no director sends here any more, and only by a running agent.
 */
import { readHeld } from '../../link/held/held-store.js';
import type { Logger } from '../../platform/logger.js';
import { VipLedger } from '../settlement/vip-ledger.js';

/** Rejects with what to do first. */
export async function refuseWhileWanted(stateDir: string, logger: Logger): Promise<void> {
  const vips = await wantedVips(stateDir, logger);
  if (vips.length === 0) return;
  throw new Error(
    `${vips.join(', ')}: still wanted on this host, and directors may send packets for it. Remove this host's real ` +
      'servers at the API, with the agent running: it lets go by itself once no director sends here any more, and ' +
      '`homeward agent verify` then says that this host shall hold no VIP. With --force it lets go at once; directors ' +
      'then send here, and nobody answers, until the real servers are removed at the API.',
  );
}

/** Of a last known good that cannot be read whole, or that is not there, what the agent has put here counts as wanted. */
async function wantedVips(stateDir: string, logger: Logger): Promise<readonly string[]> {
  const { held, kept } = await readHeld(stateDir);
  if (kept === 'all' && held.head !== null) return [...held.documents.keys()];
  const ledger = await VipLedger.open(stateDir, logger);
  return [...new Set([...held.documents.keys(), ...ledger.ours, ...ledger.borrowed])];
}
