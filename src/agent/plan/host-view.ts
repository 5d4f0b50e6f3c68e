/** What an agent saw on its host, in one moment. */
import type { Deviation } from '../../link/drift/deviation.js';
import type { SeenGuard, SeenHost, SeenSilence } from '../../setup/host-plan/seen-host.js';

export interface Silence extends SeenSilence {
  /** Each thing that stands against it; empty when in force. */
  readonly deviations: readonly Deviation[];
  /** What stands against it, in words that tell what to do; empty when in force. */
  readonly problems: readonly string[];
}

export interface Guard extends SeenGuard {
  /** What it is on this host, and what to do where it goes on missing an address. */
  readonly advice: string;
}

export interface HostView extends SeenHost {
  readonly silence: Silence;
  readonly guard: Guard;
}
