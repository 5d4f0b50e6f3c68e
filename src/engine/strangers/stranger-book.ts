/**
 * Who else speaks in the name of our VIPs: counted by VIP and Ethernet address, and told for as long as it was heard
 * within the last rounds of questions. Bounded, for anybody on the segment can make up addresses. Pure but for its memory.
 */
import type { ReportedStranger } from '../../contract/report.js';

/** Each VIP is asked for once a minute; one answer may get lost. */
const TOLD_FOR_MS = 150_000;
/** Pairs of VIP and Ethernet address. */
const MOST_KNOWN = 1_000;

interface Entry {
  readonly vip: string;
  readonly mac: string;
  count: number;
  at: number;
}

export class StrangerBook {
  private readonly entries = new Map<string, Entry>();

  /** Whether it is new. @param now by `performance.now()`. */
  heard(vip: string, mac: string, now: number): boolean {
    const key = `${vip} ${mac}`;
    const known = this.entries.get(key);
    const fresh = known === undefined || now - known.at > TOLD_FOR_MS;
    this.entries.delete(key);
    this.entries.set(key, { vip, mac, count: (known?.count ?? 0) + 1, at: now });
    const [oldest] = this.entries.keys();
    if (this.entries.size > MOST_KNOWN && oldest !== undefined) this.entries.delete(oldest);
    return fresh;
  }

  /** What one said turned out to be a fellow's. */
  absolve(mac: string): void {
    for (const [key, entry] of this.entries) if (entry.mac === mac) this.entries.delete(key);
  }

  /** Those that were heard lately, the latest first. */
  recent(now: number): readonly ReportedStranger[] {
    return [...this.entries.values()]
      .filter(({ at }) => now - at <= TOLD_FOR_MS)
      .toReversed()
      .map(({ vip, mac, count }) => ({ vip, mac, count }));
  }
}
