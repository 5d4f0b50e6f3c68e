/**
 * How the directors of one cluster know each other on the wire: what they send carries a mark where every other host is
 * bound to look past it, in the padding of an ARP frame or in an option of a discovery message. Several directors may
 * hold one VIP, and a probe must tell them from strangers also while no control plane is there to be asked.
 * It is no proof: whoever is on the segment can copy it, as he can send any ARP. Pure.
 */
import { createHash } from 'node:crypto';

/** Fits twice over into the padding of an ARP frame, 18 bytes. */
export const MARK_BYTES = 12;
const MAGIC = Buffer.from('HWDR', 'latin1');

/** @param cluster UUID of the installation. */
export function markOf(cluster: string): Buffer {
  const digest = createHash('sha256').update(`homeward directors ${cluster}`).digest();
  return Buffer.concat([MAGIC, digest.subarray(0, MARK_BYTES - MAGIC.length)]);
}
