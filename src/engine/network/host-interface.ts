/**
 * The director's interfaces as `ip -j address` tells them, with Homeward's own addresses marked as such.
 */
import type { CommandRunner } from '../../platform/command-runner.js';

/**
 * The metric that marks an address as put there by this engine ("HOME" in ASCII). The kernel keeps it with the
 * address, so after a crash the engine still knows its own VIPs, and an operator's address is never taken for one.
 * It has no other effect: a /32 or /128 leads nowhere but to the host itself.
 */
export const OWN_ADDRESS_METRIC = 0x484f4d45;

export interface HostAddress {
  readonly address: string;
  readonly prefixLength: number;
  /** Put there by this engine. */
  readonly ours: boolean;
}

export interface HostInterface {
  readonly name: string;
  readonly mac: string;
  readonly up: boolean;
  readonly mtu: number;
  readonly loopback: boolean;
  /** Link-local addresses are left out. */
  readonly addresses: readonly HostAddress[];
}

interface ListedInterface {
  readonly ifname?: string;
  readonly address?: string;
  readonly mtu?: number;
  readonly flags?: readonly string[];
  readonly addr_info?: readonly {
    readonly local?: string;
    readonly prefixlen?: number;
    readonly scope?: string;
    readonly metric?: number;
  }[];
}

export async function readInterfaces(commands: CommandRunner): Promise<readonly HostInterface[]> {
  const listed = JSON.parse(await commands.run(['ip', '-j', 'address', 'show'])) as ListedInterface[];
  return listed.filter(({ ifname }) => ifname !== undefined).map(interfaceOf);
}

function interfaceOf(listed: ListedInterface): HostInterface {
  const flags = listed.flags ?? [];
  return {
    name: listed.ifname ?? '',
    mac: listed.address ?? '',
    up: flags.includes('UP') && flags.includes('LOWER_UP'),
    mtu: listed.mtu ?? 0,
    loopback: flags.includes('LOOPBACK'),
    addresses: (listed.addr_info ?? [])
      .filter(({ scope, local }) => scope !== 'link' && local !== undefined)
      .map(({ local, prefixlen, metric }) => ({
        address: local ?? '',
        prefixLength: prefixlen ?? 0,
        ours: metric === OWN_ADDRESS_METRIC,
      })),
  };
}
