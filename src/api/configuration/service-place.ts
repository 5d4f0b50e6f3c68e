/** What the configuration knows a virtual service by: its address, protocol and first port, which no two share. */
import { isRefused, parseUsableAddress } from '../../domain/address.js';
import { addressSortKey } from '../../domain/address-order.js';
import type { VirtualService } from '../../domain/virtual-service.js';

export type Place = Pick<VirtualService, 'address' | 'protocol' | 'port'>;

/** In digits, so that ports compare as texts do. */
const PORT_DIGITS = 5;

/** Equal for equal places; texts of it stand in the order of the configuration. */
export function placeKey({ address, protocol, port }: Place): string {
  return `${addressSortKey(address)} ${protocol} ${String(port).padStart(PORT_DIGITS, '0')}`;
}

/** The same of what was sent; null where it is no place, which validation will tell. */
export function sentPlaceKey({ address, protocol, port }: Readonly<Record<string, unknown>>): string | null {
  const parsed = typeof address === 'string' ? parseUsableAddress(address) : null;
  if (parsed === null || isRefused(parsed)) return null;
  if ((protocol !== 'tcp' && protocol !== 'udp') || typeof port !== 'number') return null;
  return placeKey({ address: parsed, protocol, port });
}
