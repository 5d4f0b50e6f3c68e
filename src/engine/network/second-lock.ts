/**
 * Keeps the host's own stack from answering TCP and UDP for a VIP. Rules forward the packets before the stack sees them;
 * when somebody flushes the rules, a stack that holds the VIP resets every connection. Under this lock it drops the
 * packets instead, and the connections go on once the rules are back. ICMP is let through, so echo is still answered.
 * A lock is a policy of the kernel's IPsec part (xfrm): block what comes in for the VIP. The kernel tells policies apart
 * by direction and selector alone, so ours halve the sources in two: no operator writes such a selector, and an
 * operator's policy for the very VIP is neither replaced nor removed.
 */
import { isIPv6 } from 'node:net';
import type { CommandRunner } from '../../platform/command-runner.js';
import { OWN_ADDRESS_METRIC } from '../../forwarding/own-address.js';

/** Marks a policy as ours like the metric marks an address; of two that match, the lower priority wins. */
export const OWN_PRIORITY = OWN_ADDRESS_METRIC;
const PROTOCOLS = ['tcp', 'udp'] as const;
const IPV4_HALVES = ['0.0.0.0/1', '128.0.0.0/1'] as const;
const IPV6_HALVES = ['::/1', '8000::/1'] as const;
const HALVES: ReadonlySet<string> = new Set([...IPV4_HALVES, ...IPV6_HALVES]);

/** `src ::/1 dst 2001:db8::1/128 proto tcp`, as `ip xfrm policy` prints the first line of each, and what it does. */
const LISTED = /^src (\S+) dst (\S+)\/(?:32|128) proto (tcp|udp)\s*\n\s+dir in action block /gm;

export class SecondLock {
  /** VIPs under a lock. */
  private held = new Set<string>();
  private failure: string | undefined;

  constructor(private readonly commands: CommandRunner) {}

  /** Why VIPs are held without the lock; undefined: they are under it. */
  get trouble(): string | undefined {
    return this.failure;
  }

  /** Reads anew what is locked. @returns lines for `ip` that take away every lock of ours but those of these VIPs. */
  async sweep(vips: ReadonlySet<string>): Promise<readonly string[]> {
    this.failure = undefined;
    try {
      const found = lockedIn(await this.list());
      const whole = [...found].filter(([, count]) => count === PROTOCOLS.length * 2);
      this.held = new Set(whole.map(([vip]) => vip).filter((vip) => vips.has(vip)));
      return [...found.keys()].filter((vip) => !vips.has(vip)).flatMap(deletions);
    } catch (error) {
      this.fail(error);
      return [];
    }
  }

  /** The VIP was locked, and not unlocked since. */
  holds(vip: string): boolean {
    return this.held.has(vip);
  }

  /** Whether all that was locked still is. What is locked or unlocked meanwhile is left out. */
  async stands(): Promise<boolean> {
    const before = [...this.held];
    if (before.length === 0) return true;
    const found = lockedIn(await this.list());
    return before.every((vip) => !this.held.has(vip) || found.get(vip) === PROTOCOLS.length * 2);
  }

  /** Lines to be run before these VIPs come. */
  lock(vips: readonly string[]): readonly string[] {
    if (this.failure !== undefined) return [];
    const open = vips.filter((vip) => !this.held.has(vip));
    for (const vip of open) this.held.add(vip);
    return open.flatMap((vip) => policies(vip).map(update));
  }

  /** Lines to be run after these have gone. */
  unlock(vips: readonly string[]): readonly string[] {
    if (this.failure !== undefined) return [];
    return vips.filter((vip) => this.held.delete(vip)).flatMap(deletions);
  }

  /** The kernel has no such policies, or this process may not set them. Nothing is locked until the next sweep. */
  fail(error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error);
    this.held.clear();
  }

  private list(): Promise<string> {
    return this.commands.run(['ip', 'xfrm', 'policy', 'list', 'dir', 'in', 'priority', `${OWN_PRIORITY}`]);
  }
}

/** How many of our policies there are for each address. */
function lockedIn(listed: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [, source = '', vip = ''] of listed.matchAll(LISTED)) {
    if (HALVES.has(source)) found.set(vip, (found.get(vip) ?? 0) + 1);
  }
  return found;
}

function policies(vip: string): readonly string[] {
  const halves = isIPv6(vip) ? IPV6_HALVES : IPV4_HALVES;
  const prefix = `${vip}/${isIPv6(vip) ? 128 : 32}`;
  return PROTOCOLS.flatMap((protocol) =>
    halves.map((half) => `dir in src ${half} dst ${prefix} proto ${protocol}`),
  );
}

/** Adds it where it is not there. */
function update(policy: string): string {
  return `xfrm policy update ${policy} action block priority ${OWN_PRIORITY}`;
}

/** `ip` ends a batch at the first policy that is not there; made just before, each is. */
function deletions(vip: string): readonly string[] {
  return policies(vip).flatMap((policy) => [update(policy), `xfrm policy delete ${policy}`]);
}
