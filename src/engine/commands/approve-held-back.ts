/**
 * `homeward engine approve`: an operator says on this director that what it holds back (ChangeRefused) shall come into
 * force although the control plane knows no change by which it should. It touches nothing itself: the engine that runs
 * takes exactly the difference that was named, and nothing that came to it since.
 */
import { approveDifference } from '../../link/difference-approval.js';
import { readHeldIfThere } from '../../link/held/read-held-if-there.js';
import { directorStateEnv } from '../../platform/env.js';

const DIGEST = /^[0-9a-f]{64}$/;
const EXIT_OTHERWISE = 1;
const EXIT_USAGE = 2;

export async function approveHeldBack(digest: string): Promise<void> {
  if (!DIGEST.test(digest)) {
    process.stderr.write(
      'Name the difference by its 64 hex digits, as DocumentsAccepted of this director says.\n',
    );
    process.exitCode = EXIT_USAGE;
    return;
  }
  const { stateDir } = directorStateEnv();
  // Also where it is not what stands on disk: the engine may be ahead of a disk that is full.
  await approveDifference(stateDir, digest, Date.now());
  const { held } = await readHeldIfThere(stateDir);
  if (held.refused.size > 0 && held.heldBackDigest === digest) {
    process.stdout.write('Approved for 10 minutes. The engine takes this difference within seconds.\n');
    return;
  }
  const now = held.refused.size === 0 ? 'nothing' : `another difference, ${held.heldBackDigest}`;
  process.stderr.write(
    `Approved for 10 minutes; but as far as its disk tells, this director holds back ${now}. Was it taken already, or did something come to it?\n`,
  );
  process.exitCode = EXIT_OTHERWISE;
}
