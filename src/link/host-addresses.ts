/** The addresses by which a control plane can know this host: no loopback, no link-local, canonical text. */
import { networkInterfaces } from 'node:os';
import { isCanonicalAddress } from '../contract/canonical-address.js';

/** IPv6 link-local addresses mean something on their own link only. */
const LINK_LOCAL = /^(fe[89ab][0-9a-f]:|169\.254\.)/;

export function hostAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const usable = all
    .filter((entry) => !entry.internal && !LINK_LOCAL.test(entry.address))
    .map((entry) => entry.address)
    .filter(isCanonicalAddress);
  return [...new Set(usable)].sort();
}
