/**
 * Whether a host may be left by its agent: not while a VIP is wanted here, for directors may send its packets, and would
 * go on when nobody is there any more.
 */
import type { Logger } from '../../platform/logger.js';
import { wantedOnHost } from './wanted-on-host.js';

/** Rejects with what to do first. */
export async function refuseWhileWanted(stateDir: string, logger: Logger): Promise<void> {
  const vips = await wantedOnHost(stateDir, logger);
  if (vips.length === 0) return;
  throw new Error(
    `${vips.join(', ')}: still wanted on this host, and directors may send packets for it. With the agent running, have ` +
      "them let go first: `homeward agent leave`. Or remove this host's real servers at the API, and wait until " +
      '`homeward agent verify` says that this host shall hold no VIP. With --force it lets go at once; directors that ' +
      'were not told then send here, and nobody answers, until the real servers are removed at the API.',
  );
}
