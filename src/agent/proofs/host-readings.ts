/** What the proofs ask of an operating system beside the VIPs themselves. It reads and changes nothing. */
import type { VipService } from '../../contract/documents.js';
import type { ReportedVerdict } from '../../contract/report.js';
import type { Forwarding } from './judge-loop.js';

/** A service as packets for it come in. */
export type GuardedService = VipService & { readonly vip: string };

export interface HostReadings {
  /** Says whether the firewall, as it was read, lets packets of a service in. */
  readonly firewall: (service: GuardedService) => ReportedVerdict;
  /** Null: it could not be read. */
  readonly forwarding: Forwarding | null;
}

/** The very same object as the last time, as long as it would show the same. */
export type ReadHost = () => Promise<HostReadings>;
