/**
 * The guard of a Windows host is its firewall, which lets nothing in unasked: a VIP is covered where there are rules for
 * exactly its services. Decides which rules are missing and which are too many. Pure.
 */
import type { VipService } from '../../../contract/documents.js';
import { firewallRule, type FirewallRule } from '../../../setup/windows/windows-steps.js';
import type { Guard } from '../../plan/host-view.js';
import type { Observation, ObservedRule } from './observation.js';

export type Services = ReadonlyMap<string, readonly VipService[]>;

const ADVICE =
  'It is a rule of the Windows firewall for each service of a VIP, in the group Homeward; where one is missing again and again, look whether a group policy forbids local rules.';

export interface DoorChange {
  /** Names of rules. */
  readonly close: readonly string[];
  readonly open: readonly FirewallRule[];
}

export function doorGuard({ rules }: Observation, services: Services): Guard {
  const covered = [...services.keys()].filter((address) => {
    const { close, open } = doorChange(rules, services, [address]);
    return close.length === 0 && open.length === 0;
  });
  // A rule for an address that is no VIP any more is still there to be taken away.
  const left = rules.map(({ address }) => address).filter((address) => !services.has(address));
  return {
    standing: rules.length > 0,
    inForce: true,
    addresses: new Set([...covered, ...left]),
    advice: ADVICE,
    admitsOnly: true,
  };
}

/** What gives these addresses the rules of their services, and no others. */
export function doorChange(
  rules: readonly ObservedRule[],
  services: Services,
  addresses: readonly string[],
): DoorChange {
  const wanted = addresses.flatMap((address) =>
    (services.get(address) ?? []).map((service) => firewallRule(address, service)),
  );
  const right = new Set(
    rules.filter((rule) => wanted.some((each) => isInForce(each, rule))).map(({ name }) => name),
  );
  const concerned = new Set(addresses);
  return {
    close: rules
      .filter(({ name, address }) => concerned.has(address) && !right.has(name))
      .map(({ name }) => name),
    open: wanted.filter(({ name }) => !right.has(name)),
  };
}

function isInForce(wanted: FirewallRule, { name, admits, protocol, ports, address }: ObservedRule): boolean {
  return (
    name === wanted.name &&
    admits &&
    protocol === wanted.protocol &&
    ports === wanted.ports &&
    address === wanted.address
  );
}
