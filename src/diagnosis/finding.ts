/** What a diagnosis says: one cause that was found, with what was seen and what to do. */

/**
 * `no-traffic`: packets of the service do not get through this real server. `wrong-traffic`: they do, and some get lost
 * or take a way that they must not. `at-risk`: all is well, and would not survive the next reboot, failure or change.
 */
export type Severity = 'no-traffic' | 'wrong-traffic' | 'at-risk';

/** What to do on one operating system. */
export interface Remedy {
  readonly words: string;
  /** Run them in this order, as root in a shell or as administrator in PowerShell. Empty: it takes no command. */
  readonly commands: readonly string[];
}

/** Where something is to be done. */
export type Place = 'control-plane' | 'director' | 'real-server' | 'network';

export interface Fix {
  readonly place: Place;
  /** What the real server runs under; the same where that makes no difference. */
  readonly linux: Remedy;
  readonly windows: Remedy;
}

export interface Finding {
  /** Stable, for programs. */
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  readonly seen: string;
  readonly why: string;
  readonly fix: Fix;
  /** What it rests on, for programs. */
  readonly facts: Readonly<Record<string, string>>;
}
