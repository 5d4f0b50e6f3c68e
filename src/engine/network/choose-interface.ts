/**
 * Which interface holds the VIPs: the one that the operator named, or else the one with an address that the node
 * joined under, or else the one that leads to the default gateway. Only one that the data plane can work on will do.
 */
import { isOwnAddress } from '../../forwarding/own-address.js';
import { hindranceOf, type WorkInterface } from '../../forwarding/usable-interface.js';

export interface InterfaceWishes {
  /** Named by the operator. */
  readonly named: string | undefined;
  /** Addresses that the node joined under. */
  readonly joined: readonly string[];
  /** Interfaces of the default routes. */
  readonly defaultDevices: readonly string[];
}

/** Its name. Throws, in words that tell what to do, when there is none. */
export function chooseInterface(interfaces: readonly WorkInterface[], wishes: InterfaceWishes): string {
  const candidates = candidatesFor(interfaces, wishes);
  const chosen = candidates.find((each) => hindranceOf(each) === undefined);
  if (chosen !== undefined) return chosen.name;
  const [first] = candidates;
  if (first !== undefined) {
    throw new Error(`the interface ${first.name} cannot hold VIPs: ${hindranceOf(first) ?? ''}`);
  }
  throw new Error(
    wishes.named === undefined
      ? 'no interface has an address that this director joined under or leads to a default gateway; set HOMEWARD_INTERFACE'
      : `there is no interface ${wishes.named}; correct HOMEWARD_INTERFACE`,
  );
}

/** Best first. */
function candidatesFor(
  interfaces: readonly WorkInterface[],
  { named, joined, defaultDevices }: InterfaceWishes,
): readonly WorkInterface[] {
  if (named !== undefined) return interfaces.filter(({ name }) => name === named);
  const withJoined = interfaces.filter(({ addresses }) =>
    addresses.some((each) => !isOwnAddress(each) && joined.includes(each.address)),
  );
  return [...withJoined, ...interfaces.filter(({ name }) => defaultDevices.includes(name))];
}
