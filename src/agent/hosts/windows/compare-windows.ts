/** What a Windows host needs to hold VIPs, as it is and as it should be. Pure. */
import type { VipDocument } from '../../../contract/documents.js';
import { firewallRule } from '../../../setup/windows/windows-steps.js';
import type { Comparison } from '../../verify/comparison.js';
import { doorChange } from './doors.js';
import type { Observation } from './observation.js';
import { ADAPTER, DNS, foundSettings, NAME, placedSettings, silentSettings } from './silent-settings.js';
import { chosenAdapter } from './windows-adapters.js';

export function compareWindows(observation: Observation, vips: readonly VipDocument[]): Comparison[] {
  return [
    ...ofAdapter(observation),
    ...ofInterfaces(observation),
    ...ofDoors(observation, vips),
    ...ofSources(observation, vips),
  ];
}

function ofAdapter(observation: Observation): Comparison[] {
  const found = foundSettings(observation);
  const wanted = silentSettings(found);
  return [ADAPTER, NAME, DNS].map((name) => {
    return { thing: name, wanted: String(wanted[name]), found: String(found[name] ?? 'none') };
  });
}

function ofInterfaces(observation: Observation): Comparison[] {
  return placedSettings(observation).flatMap(({ setting, adapter, found }) => {
    if (found === undefined) return [];
    const thing = `${setting.property} of ${adapter.name} (${setting.family})`;
    return [{ thing, wanted: `${setting.wanted}`, found: `${found}` }];
  });
}

function ofDoors({ rules }: Observation, vips: readonly VipDocument[]): Comparison[] {
  const services = new Map(vips.map((vip) => [vip.address, vip.services]));
  const { close, open } = doorChange(rules, services, [...services.keys()]);
  const missing = new Set(open.map(({ name }) => name));
  const wanted = vips.flatMap((vip) =>
    vip.services.map((service) => firewallRule(vip.address, service).name),
  );
  return [
    ...wanted.map((name) => {
      return {
        thing: `firewall rule ${name}`,
        wanted: 'open',
        found: missing.has(name) ? 'not open' : 'open',
      };
    }),
    ...close
      .filter((name) => !missing.has(name))
      .map((name) => ({ thing: `firewall rule ${name}`, wanted: 'none', found: 'open' })),
  ];
}

function ofSources(observation: Observation, vips: readonly VipDocument[]): Comparison[] {
  const index = chosenAdapter(observation)?.index;
  const wanted = 'never';
  return vips.flatMap(({ address }) => {
    const held = observation.addresses.find((each) => each.index === index && each.address === address);
    if (held === undefined) return [];
    return [{ thing: `source address ${address}`, wanted, found: held.skipAsSource ? wanted : 'sometimes' }];
  });
}
