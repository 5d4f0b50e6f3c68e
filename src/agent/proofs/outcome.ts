/** What came of asking one port of a service on its VIP. */
export type Outcome =
  | { readonly kind: 'answered' }
  /** TCP reset, or an ICMP port unreachable. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'silent' }
  /** A UDP answer that no client would take: its source is not the VIP. */
  | { readonly kind: 'other-source'; readonly source: string }
  | { readonly kind: 'other-status'; readonly status: number }
  /** The page does not say what it shall say. */
  | { readonly kind: 'other-body' }
  /** It took the connection, and then the HTTP exchange failed. */
  | { readonly kind: 'no-http'; readonly detail: string }
  /** The question could not be asked. */
  | { readonly kind: 'not-asked'; readonly detail: string };

/** An outcome with the port that was asked. */
export interface PortOutcome {
  readonly port: number;
  readonly outcome: Outcome;
}
