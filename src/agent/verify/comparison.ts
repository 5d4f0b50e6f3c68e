import type { VipDocument } from '../../contract/documents.js';

/** One thing of a host for people to read: as it is, and as it should be. It is right where both are the same. */
export interface Comparison {
  /** What an administrator calls it. */
  readonly thing: string;
  readonly wanted: string;
  readonly found: string;
}

/** Everything that a host needs to hold these VIPs, but for the VIPs themselves. Changes nothing. */
export type Inspect = (vips: readonly VipDocument[]) => Promise<readonly Comparison[]>;
