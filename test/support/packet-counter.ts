/**
 * Counts packets on a host's interface, outside of everything that the product does: an nft table of its own, before
 * the forwarding hook on the way in, or at the last point on the way out.
 */
import type { Host } from './namespaces.js';

export class PacketCounter {
  private constructor(
    private readonly host: Host,
    private readonly table: string,
  ) {}

  /** `matches` are nft matches, such as `ip saddr 192.0.2.200`; each gets a count of its own. */
  static async attach(
    host: Host,
    hook: 'ingress' | 'egress',
    matches: readonly string[],
    device = 'eth0',
  ): Promise<PacketCounter> {
    const table = `count_${hook}_${device}`;
    const lines = [
      `add table netdev ${table}`,
      `delete table netdev ${table}`,
      `add table netdev ${table}`,
      `add chain netdev ${table} watched { type filter hook ${hook} device "${device}" priority -300; }`,
      ...matches.map((match) => `add rule netdev ${table} watched ${match} counter`),
    ];
    await host.exec(['nft', '-f', '-'], { input: `${lines.join('\n')}\n` });
    return new PacketCounter(host, table);
  }

  /** Packets since it was attached, in the order of the matches. */
  async read(): Promise<readonly number[]> {
    const listed = await this.host.exec(['nft', 'list', 'table', 'netdev', this.table]);
    return [...listed.matchAll(/counter packets (\d+)/g)].map(([, count]) => Number(count));
  }
}
