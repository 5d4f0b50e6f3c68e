/** An attestation as a row keeps it: its time is text there, as JSON has it. */
import type { Attestation } from '../../domain/attestation.js';

export type StoredAttestation = Omit<Attestation, 'at'> & { readonly at: string };

export function readAttestation(stored: StoredAttestation | null): Attestation | null {
  return stored === null ? null : { ...stored, at: new Date(stored.at) };
}
