/** The addresses by which a control plane can know this host: no loopback, no link-local, canonical text. */
import { networkInterfaces } from 'node:os';
import { isCanonicalAddress } from '../contract/canonical-address.js';
import { isLinkLocal } from '../contract/link-local.js';

export function hostAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const usable = all
    .filter((entry) => !entry.internal && !isLinkLocal(entry.address))
    .map((entry) => entry.address)
    .filter(isCanonicalAddress);
  return [...new Set(usable)].sort();
}
