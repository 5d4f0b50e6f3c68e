/** What the two processes of the lab say to each other: the one of the user, and the one inside the namespaces. */
import type { Findings } from './findings.js';

export type FromInside =
  | { readonly kind: 'inside' }
  /** The steps are done and the lab stays up; the API is behind the socket. */
  | { readonly kind: 'up' }
  | { readonly kind: 'done'; readonly findings: Findings };

export interface ToInside {
  readonly kind: 'stop';
}

/**
 * The environment variable with the settings of the process inside, as JSON: they hold the token, and arguments can be
 * read by every user of a machine.
 */
export const SETTINGS_VARIABLE = 'HOMEWARD_LAB_SETTINGS';

export interface InsideSettings {
  readonly once: boolean;
  readonly endure: boolean;
  readonly control: string | null;
  readonly directory: string;
  readonly socketPath: string;
  readonly token: string;
}
