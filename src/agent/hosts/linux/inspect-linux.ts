/** Reads everything that keeps a Linux host silent, for people to compare. It changes nothing. */
import type { CommandRunner } from '../../../platform/command-runner.js';
import { ARP_SETTINGS } from '../../../setup/linux/arp-settings.js';
import { GUARD_FAMILIES, guardFamily } from '../../../setup/linux/guard-rules.js';
import type { Comparison, Inspect } from '../../verify/comparison.js';
import { readCommonSettings, readArpValues, silentArpSettings } from './arp-sysctls.js';
import { compareArp } from './compare-arp.js';
import { compareGuard } from './compare-guard.js';
import { NftGuard } from './nft-guard.js';
import { SysctlDropIn } from './sysctl-drop-in.js';

export function linuxInspector(commands: CommandRunner, sysctlDir: string): Inspect {
  const guard = new NftGuard(commands);
  const dropIn = new SysctlDropIn(sysctlDir);
  return async (vips) => {
    const addresses = vips.map(({ address }) => address);
    const families = GUARD_FAMILIES.filter((family) =>
      addresses.some((each) => guardFamily(each) === family),
    );
    const rules = families.map(async (family) => compareGuard(family, await guard.listing(family)));
    const settings = families.includes('arp')
      ? [...compareArp(await readArpValues()), await kept(dropIn)]
      : [];
    return [...settings, ...(await Promise.all(rules)), ...(await covered(guard, addresses))];
  };
}

async function kept(dropIn: SysctlDropIn): Promise<Comparison> {
  const holds = await dropIn.holds(silentArpSettings(await readCommonSettings()));
  const thing = `${ARP_SETTINGS.map(({ key }) => key).join(' and ')} in ${dropIn.path}`;
  return { thing, wanted: 'kept', found: holds ? 'kept' : 'not kept' };
}

async function covered(guard: NftGuard, addresses: readonly string[]): Promise<Comparison[]> {
  const present = await guard.covered(addresses);
  return addresses.map((address) => {
    const found = present.has(address) ? 'covered' : 'not covered';
    return { thing: `guard of ${address}`, wanted: 'covered', found };
  });
}
