/** What the proofs ask of an operating system beside the VIPs themselves. It reads and changes nothing. */
import type { FirewallView } from './firewall/judge-firewall.js';
import type { Forwarding } from './judge-loop.js';

export interface HostReadings {
  readonly firewall: FirewallView;
  /** Null: it could not be read. */
  readonly forwarding: Forwarding | null;
}

/** The very same object as the last time, as long as it would show the same. */
export type ReadHost = () => Promise<HostReadings>;
