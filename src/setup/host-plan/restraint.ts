/** What the agent must not do during a pause, because somebody undoes it again and again. */

/** What keeps a host silent: its settings, and the guard. */
export type Lock = 'silence' | 'guard';
/** What the agent keeps up; with what has the host set the settings by itself at the next boot. */
export type Kept = Lock | 'boot-settings';

export interface Restraint {
  /** VIPs that must not be put back yet. */
  readonly vips: ReadonlySet<string>;
  /** What must not be made anew yet. */
  readonly locks: ReadonlySet<Kept>;
  /** Locks that were fought over until just now: no VIP that depends on them may come before they stood for a while. */
  readonly unsteady: ReadonlySet<Lock>;
}

export const UNRESTRAINED: Restraint = { vips: new Set(), locks: new Set(), unsteady: new Set() };
