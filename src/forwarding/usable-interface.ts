/**
 * Which interfaces the data plane can work on. Direct return rewrites Ethernet addresses, so it takes an interface that
 * has one; and the interface's name becomes part of the name of a map.
 */

/** As much of an interface as decides it. */
export interface WorkInterface {
  readonly name: string;
  readonly loopback: boolean;
  /** Null for an interface that is no Ethernet, such as a tunnel. */
  readonly mac: string | null;
  readonly addresses: readonly WorkAddress[];
}

export interface WorkAddress {
  readonly address: string;
  readonly prefixLength: number;
  readonly metric?: number;
}

/** What may stand in the name of a map; the kernel allows more in an interface's name, nft does not. */
const NAMEABLE = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Why it cannot be worked on; undefined when it can. */
export function hindranceOf({ name, loopback, mac }: WorkInterface): string | undefined {
  if (loopback) return 'it is the loopback interface';
  if (mac === null) return 'it is no Ethernet, and direct return rewrites Ethernet addresses';
  if (!NAMEABLE.test(name)) {
    return 'nft cannot have this name in the name of a map; rename the interface to letters, digits, dots, dashes and underscores';
  }
  return undefined;
}
