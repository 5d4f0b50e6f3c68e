/**
 * An operator's word that a host without an agent holds the VIP and is set up to be silent about it. It stands for the
 * VIP that it was given for, until it is withdrawn or the server or its service is disabled.
 */
export interface Attestation {
  /** Name of the token that it was given with. */
  readonly actor: string;
  readonly at: Date;
  readonly ticket: string | null;
  /** Revision of the virtual service that it was given upon. Only what directors find after that counts. */
  readonly revision: number;
}

/** What a director's finding must answer to count for a server; 0 where nobody has attested anything. */
export function askedFor(attestation: Attestation | null): number {
  return attestation?.revision ?? 0;
}
