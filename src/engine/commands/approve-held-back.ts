/**
 * `homeward engine approve`: an operator says on this director that what it holds back (ChangeRefused) shall come into
 * force although the control plane knows no change by which it should. It touches nothing itself: the engine that runs
 * takes exactly the difference that was named, and nothing that came to it since.
 */
import { approveDifference } from '../../link/difference-approval.js';
import { directorStateEnv } from '../../platform/env.js';

const DIGEST = /^[0-9a-f]{64}$/;
const EXIT_USAGE = 2;

export async function approveHeldBack(digest: string): Promise<void> {
  if (!DIGEST.test(digest)) {
    process.stderr.write(
      'Name the difference by its 64 hex digits, as DocumentsAccepted of this director says.\n',
    );
    process.exitCode = EXIT_USAGE;
    return;
  }
  await approveDifference(directorStateEnv().stateDir, digest, Date.now());
  process.stdout.write(
    'Approved for 10 minutes. The engine takes this difference within seconds, if it is what it holds back.\n',
  );
}
