/**
 * Holds VIPs on the director's interface, as /32 or /128, marked as the engine's own. The order around it: the table
 * is ready before a VIP comes, for who holds an address gets its packets; and a VIP goes before the table does, for
 * a packet to a held address that nothing forwards is refused, which kills its connection, whereas a packet to an
 * address that is not held any more is still forwarded until the table lets go.
 * It must never remove an address that it did not put there, and never read all addresses for a change of one.
 */
import { isIPv6 } from 'node:net';
import { CommandFailed, type CommandRunner } from '../../platform/command-runner.js';
import { readInterfaces, type HostInterface } from '../../platform/host-interfaces.js';
import { runIpBatch, type FailedLine } from '../../platform/ip-batch.js';
import { isOwnAddress, OWN_ADDRESS_METRIC } from '../../forwarding/own-address.js';
import { SecondLock } from './second-lock.js';

/** Above this, one reading of all addresses is cheaper than asking for each; and what `ip` says of each still fits. */
const ASKED_ONE_BY_ONE = 50;

/** What `ip` says of an address that is there; the words changed between its versions. */
const THERE = /file exists|already assigned/i;

export interface Taken {
  /** Not held before. */
  readonly fresh: readonly string[];
  /** Could not be put on the interface, and are on no other. */
  readonly missing: readonly string[];
}

interface Held {
  readonly address: string;
  readonly device: string;
  readonly ours: boolean;
}

export class VipAddresses {
  /** The engine's own addresses, with the interface of each. */
  private own = new Map<string, string>();
  /** Addresses that were asked for and are somebody else's. */
  private readonly foreign = new Set<string>();
  private readonly secondLock: SecondLock;

  constructor(private readonly commands: CommandRunner) {
    this.secondLock = new SecondLock(commands);
  }

  isLocked(vip: string): boolean {
    return this.secondLock.holds(vip);
  }

  lockStands(): Promise<boolean> {
    return this.secondLock.stands();
  }

  /** Why VIPs are held without the second lock. */
  get lockTrouble(): string | undefined {
    return this.secondLock.trouble;
  }

  /** Reads the host anew and removes every address of the engine's own but these on this interface. */
  async removeOthers(vips: ReadonlySet<string>, device: string): Promise<void> {
    const [held, unlocking] = await Promise.all([this.held(), this.secondLock.sweep(vips)]);
    const ours = held.filter((each) => each.ours);
    const stray = ours.filter((each) => each.device !== device || !vips.has(each.address));
    await this.run(
      stray.map((each) => deletion(each.address, each.device)),
      { after: unlocking },
    );
    this.own = new Map(
      ours.filter((each) => !stray.includes(each)).map((each) => [each.address, each.device]),
    );
    this.foreign.clear();
    await this.run([], { before: this.secondLock.lock([...this.own.keys()]) });
  }

  /**
   * An address without the mark where the engine's own was is somebody else's now. Between two readings of the host
   * this is not seen: a change of one VIP does not read all addresses.
   */
  see(interfaces: readonly HostInterface[]): void {
    for (const { name, addresses } of interfaces) {
      for (const each of addresses.filter((one) => !isOwnAddress(one))) {
        const { address, prefixLength } = each;
        if (this.own.get(address) === name && prefixLength === prefixOf(address)) {
          this.own.delete(address);
          this.foreign.add(address);
        }
      }
    }
  }

  /** It is one of the engine's own. */
  has(vip: string): boolean {
    return this.own.has(vip);
  }

  /** The engine's own addresses that are not among these. */
  ownBut(vips: ReadonlySet<string>): readonly string[] {
    return [...this.own.keys()].filter((vip) => !vips.has(vip));
  }

  async add(vips: readonly string[], device: string): Promise<Taken> {
    const wanted = vips.filter((vip) => !this.own.has(vip));
    const failed = await this.run(
      wanted.map((vip) => addition(vip, device)),
      { before: this.secondLock.lock(wanted.filter((vip) => !this.foreign.has(vip))) },
    );
    // A line may have failed because an operator configured the very address: then it is held, and not ours.
    const held =
      failed.length === 0 ? wanted.map((address) => ({ address, device, ours: true })) : await this.held();
    for (const each of held) if (each.ours) this.own.set(each.address, each.device);
    const there = new Set(held.map(({ address }) => address));
    await this.disown(wanted.filter((vip) => there.has(vip) && !this.own.has(vip)));
    await this.regain(wanted.filter((vip) => this.own.has(vip) && this.foreign.has(vip)));
    return {
      fresh: wanted.filter((vip) => this.own.has(vip)),
      missing: wanted.filter((vip) => !there.has(vip)),
    };
  }

  /**
   * Brings back those of the engine's own that somebody took away, and resolves to them. An address that is there
   * is refused, which costs no more than the question.
   */
  async restore(vips: readonly string[]): Promise<readonly string[]> {
    const own = vips.filter((vip) => this.own.has(vip));
    if (own.length > ASKED_ONE_BY_ONE) return this.restoreMany(own);
    const failed = await this.run(own.map((vip) => addition(vip, this.own.get(vip) ?? '')));
    // Neither there nor brought back: to be tried, and told of, like one that comes.
    for (const { line, message } of failed) if (!THERE.test(message)) this.own.delete(own[line] ?? '');
    const refused = new Set(failed.map(({ line }) => line));
    return own.filter((_, line) => !refused.has(line));
  }

  /** Removes these as far as they are the engine's own. */
  async remove(vips: readonly string[]): Promise<void> {
    const leaving = vips.flatMap((vip) => {
      const device = this.own.get(vip);
      return device === undefined ? [] : [{ vip, device }];
    });
    await this.run(
      leaving.map(({ vip, device }) => deletion(vip, device)),
      { after: this.secondLock.unlock(vips) },
    );
    for (const { vip } of leaving) this.own.delete(vip);
  }

  private async restoreMany(own: readonly string[]): Promise<readonly string[]> {
    const held = new Set((await this.held()).filter(({ ours }) => ours).map(({ address }) => address));
    const lost = own.filter((vip) => !held.has(vip));
    const devices = lost.map((vip) => this.own.get(vip) ?? '');
    for (const vip of lost) this.own.delete(vip);
    return (await this.add(lost, devices[0] ?? '')).fresh;
  }

  /** What an operator put there is an operator's to use, on every port. */
  private async disown(vips: readonly string[]): Promise<void> {
    for (const vip of vips) this.foreign.add(vip);
    await this.run([], { after: this.secondLock.unlock(vips) });
  }

  private async regain(vips: readonly string[]): Promise<void> {
    for (const vip of vips) this.foreign.delete(vip);
    await this.run([], { before: this.secondLock.lock(vips) });
  }

  /**
   * Resolves to what failed of `lines`. `ip` ends at the first policy that fails, and where policies do not work the
   * addresses must come all the same.
   */
  private async run(
    lines: readonly string[],
    { before = [], after = [] }: { before?: readonly string[]; after?: readonly string[] } = {},
  ): Promise<readonly FailedLine[]> {
    try {
      const failed = await runIpBatch(this.commands, [...before, ...lines, ...after]);
      return failed
        .map((each) => ({ ...each, line: each.line - before.length }))
        .filter(({ line }) => line >= 0 && line < lines.length);
    } catch (error) {
      if (!(error instanceof CommandFailed) || before.length + after.length === 0) throw error;
      this.secondLock.fail(error);
      return runIpBatch(this.commands, lines);
    }
  }

  private async held(): Promise<readonly Held[]> {
    const interfaces = await readInterfaces(this.commands);
    return interfaces.flatMap(({ name, addresses }) =>
      addresses.map((each) => ({ address: each.address, device: name, ours: isOwnAddress(each) })),
    );
  }
}

function addition(vip: string, device: string): string {
  return `address add ${withPrefix(vip)} dev ${device} metric ${OWN_ADDRESS_METRIC}`;
}

function deletion(vip: string, device: string): string {
  return `address delete ${withPrefix(vip)} dev ${device}`;
}

function withPrefix(vip: string): string {
  return `${vip}/${prefixOf(vip)}`;
}

function prefixOf(vip: string): number {
  return isIPv6(vip) ? 128 : 32;
}
