/**
 * A Linux host as it is, for a process that has set nothing up and will not: the guard is judged by its shape, because
 * how this version of nft spells its rules is known only to the process that loaded them. It changes nothing.
 */
import { CommandFailed, type CommandRunner } from '../../../platform/command-runner.js';
import { GUARD_FAMILIES, guardFamily } from '../../../setup/linux/guard-rules.js';
import type { Examine } from '../../doctor/examined.js';
import type { Guard } from '../../plan/host-view.js';
import { compareGuard } from './compare-guard.js';
import { LinuxHost } from './linux-host.js';
import { NftGuard } from './nft-guard.js';

const ADVICE = 'It is the nftables tables `arp homeward` and `ip6 homeward`.';

export function linuxExaminer(commands: CommandRunner, sysctlDir: string): Examine {
  const host = new LinuxHost(commands, sysctlDir);
  const guard = new NftGuard(commands);
  return async (vips) => {
    const addresses = vips.map(({ address }) => address);
    const [view, found] = await Promise.all([host.observe(), foundGuard(guard, addresses)]);
    return { ...view, guard: found };
  };
}

async function foundGuard(guard: NftGuard, addresses: readonly string[]): Promise<Guard> {
  try {
    const families = GUARD_FAMILIES.filter((each) => addresses.some((one) => guardFamily(one) === each));
    const rules = await Promise.all(
      families.map(async (family) => compareGuard(family, await guard.listing(family))),
    );
    const wrong = rules.filter(({ wanted, found }) => wanted !== found);
    const inForce = wrong.length === 0;
    const covered = inForce ? await guard.covered(addresses) : new Set<string>();
    const said = wrong.map(
      ({ thing, wanted, found }) => `Of the ${thing} there should be ${wanted}, and there is ${found}.`,
    );
    return { standing: inForce, inForce, addresses: covered, advice: [ADVICE, ...said].join(' ') };
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    const advice = `${ADVICE} It cannot be read: ${error.message}`;
    return { standing: false, inForce: false, addresses: new Set(), advice };
  }
}
