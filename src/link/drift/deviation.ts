/** One thing on the host that is not as the node wants it. */
export interface Deviation {
  /** Which: what an administrator calls it, `net.ipv4.conf.all.arp_ignore` or `VIP 192.0.2.200`. */
  readonly thing: string;
  readonly found: string;
  readonly wanted: string;
}
