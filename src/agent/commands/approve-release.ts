/**
 * `homeward agent approve-release`: an operator says on this host that VIPs may leave it although the control plane knows
 * no change by which they shall. It touches nothing itself: the agent that runs lets go of them, in the order that
 * never leaks, if the control plane still says so.
 */
import { isCanonicalAddress } from '../../contract/canonical-address.js';
import { approveRelease } from '../../link/release-approval.js';
import { bootEnv } from '../../platform/env.js';

const EXIT_USAGE = 2;

export async function approveReleaseOfVips(
  vips: readonly string[],
  { all = false }: { readonly all?: boolean },
): Promise<void> {
  const odd = vips.filter((vip) => !isCanonicalAddress(vip));
  if (odd.length > 0 || all === vips.length > 0) {
    process.stderr.write('Name the VIPs, spelled canonically, or say --all.\n');
    process.exitCode = EXIT_USAGE;
    return;
  }
  await approveRelease(bootEnv().stateDir, all ? null : vips, Date.now());
  process.stdout.write(
    'Approved for 10 minutes. The agent lets go of them within two, if the control plane says so.\n',
  );
}
