import { isRefused, parseUsableAddress, type Address } from '../../domain/address.js';

/** The canonical form of an address that an AddressField has let through. */
export function readAddress(text: string): Address {
  const parsed = parseUsableAddress(text);
  if (isRefused(parsed)) throw new TypeError('an address came here without being validated');
  return parsed;
}
