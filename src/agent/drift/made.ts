import type { Lock } from '../../setup/host-plan/restraint.js';

/** What a pass brought about and saw done. */
export interface Made {
  readonly vips: ReadonlySet<string>;
  /** VIPs that it took off loopback. */
  readonly unbound: ReadonlySet<string>;
  readonly locks: ReadonlySet<Lock>;
}
