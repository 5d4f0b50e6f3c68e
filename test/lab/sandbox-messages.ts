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

/** What the process inside is started with, as one JSON argument. */
export interface InsideSettings {
  readonly once: boolean;
  readonly control: string | null;
  readonly directory: string;
  readonly socketPath: string;
  readonly token: string;
}
