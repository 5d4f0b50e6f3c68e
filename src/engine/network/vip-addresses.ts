/**
 * Holds VIPs on the director's interface, as /32 or /128, marked as the engine's own. The order around it: the table
 * is ready before a VIP comes, for who holds an address gets its packets; and a VIP goes before the table does, for
 * a packet to a held address that nothing forwards is refused, which kills its connection, whereas a packet to an
 * address that is not held any more is still forwarded until the table lets go.
 * It must never remove an address that it did not put there, and never read all addresses for a change of one.
 */
import { isIPv6 } from 'node:net';
import { CommandFailed, type CommandRunner } from '../../platform/command-runner.js';
import { OWN_ADDRESS_METRIC, readInterfaces, type HostAddress } from './host-interface.js';

/** Ten thousand addresses take about three seconds. */
const BATCH_TIMEOUT_MS = 120_000;

export interface Taken {
  /** Not held before. */
  readonly fresh: readonly string[];
  /** Could not be put on the interface, and are on no other. */
  readonly missing: readonly string[];
}

export class VipAddresses {
  /** The engine's own addresses, with the interface of each. */
  private own = new Map<string, string>();

  constructor(private readonly commands: CommandRunner) {}

  /** Reads the host anew and removes every address of the engine's own but these on this interface. */
  async removeOthers(vips: ReadonlySet<string>, device: string): Promise<void> {
    const ours = (await this.held()).filter((each) => each.ours);
    const stray = ours.filter((each) => each.device !== device || !vips.has(each.address));
    await this.batch(stray.map((each) => deletion(each.address, each.device)));
    this.own = new Map(
      ours.filter((each) => !stray.includes(each)).map((each) => [each.address, each.device]),
    );
  }

  async add(vips: readonly string[], device: string): Promise<Taken> {
    const wanted = vips.filter((vip) => !this.own.has(vip));
    const smooth = await this.batch(
      wanted.map((vip) => `address add ${withPrefix(vip)} dev ${device} metric ${OWN_ADDRESS_METRIC}`),
    );
    // A line may have failed because an operator configured the very address: then it is held, and not ours.
    const held = smooth ? wanted.map((address) => ({ address, device, ours: true })) : await this.held();
    for (const each of held) if (each.ours) this.own.set(each.address, each.device);
    const there = new Set(held.map(({ address }) => address));
    return {
      fresh: wanted.filter((vip) => this.own.has(vip)),
      missing: wanted.filter((vip) => !there.has(vip)),
    };
  }

  /** Removes these as far as they are the engine's own. */
  async remove(vips: readonly string[]): Promise<void> {
    const leaving = vips.flatMap((vip) => {
      const device = this.own.get(vip);
      return device === undefined ? [] : [{ vip, device }];
    });
    await this.batch(leaving.map(({ vip, device }) => deletion(vip, device)));
    for (const { vip } of leaving) this.own.delete(vip);
  }

  private async held(): Promise<readonly (HostAddress & { readonly device: string })[]> {
    const interfaces = await readInterfaces(this.commands);
    return interfaces.flatMap(({ name, addresses }) => addresses.map((each) => ({ ...each, device: name })));
  }

  /** Goes on past lines that fail, such as the removal of an address that is gone; false when one did. */
  private async batch(lines: readonly string[]): Promise<boolean> {
    if (lines.length === 0) return true;
    try {
      await this.commands.run(['ip', '-force', '-batch', '-'], {
        input: `${lines.join('\n')}\n`,
        timeoutMs: BATCH_TIMEOUT_MS,
      });
      return true;
    } catch (error) {
      if (error instanceof CommandFailed && error.exitCode !== null) return false;
      throw error;
    }
  }
}

function deletion(vip: string, device: string): string {
  return `address delete ${withPrefix(vip)} dev ${device}`;
}

function withPrefix(vip: string): string {
  return `${vip}/${isIPv6(vip) ? 128 : 32}`;
}
