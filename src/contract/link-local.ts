/** IPv4 and IPv6 addresses that hold on one link only; every link has the same network, so they tell no segment. */
const LINK_LOCAL = /^(fe[89ab][0-9a-f]:|169\.254\.)/;

export function isLinkLocal(address: string): boolean {
  return LINK_LOCAL.test(address);
}
