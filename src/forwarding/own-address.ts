/**
 * The metric that marks an address as put there by the engine ("HOME" in ASCII). The kernel keeps it with the
 * address, so after a crash the engine still knows its own VIPs, and an operator's address is never taken for one.
 * It has no other effect: a /32 or /128 leads nowhere but to the host itself.
 */
export const OWN_ADDRESS_METRIC = 0x484f4d45;

export function isOwnAddress({ metric }: { readonly metric?: number }): boolean {
  return metric === OWN_ADDRESS_METRIC;
}
