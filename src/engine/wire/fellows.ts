/** The Ethernet addresses of this cluster's other directors, by the mark of what they send. Pure but for its memory. */

/** Each asks for its VIPs once a minute, and one that leaves the announcing to another says nothing else; a question may get lost. */
const REMEMBERED_MS = 150_000;
/** Nobody has so many directors; the mark may be copied. */
const MOST = 256;

export class Fellows {
  private readonly seen = new Map<string, number>();

  /** @param now by `performance.now()`. */
  saw(mac: string, now: number): void {
    this.seen.delete(mac);
    this.seen.set(mac, now);
    const [oldest] = this.seen.keys();
    if (this.seen.size > MOST && oldest !== undefined) this.seen.delete(oldest);
  }

  has(mac: string, now: number): boolean {
    const at = this.seen.get(mac);
    return at !== undefined && now - at < REMEMBERED_MS;
  }
}
