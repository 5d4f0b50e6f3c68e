/** Where an address stands among others: IPv4 first, then by number. Texts of it compare as the addresses do. */
import ipaddr from 'ipaddr.js';
import type { Address } from './address.js';

const OCTET_DIGITS = 3;

export function addressSortKey(address: Address): string {
  if (address.includes(':'))
    return `6 ${Buffer.from(ipaddr.IPv6.parse(address).toByteArray()).toString('hex')}`;
  return `4 ${address
    .split('.')
    .map((octet) => octet.padStart(OCTET_DIGITS, '0'))
    .join('.')}`;
}
