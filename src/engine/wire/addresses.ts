/** Addresses as a frame has them, and as text; the text is always the canonical one, made from the bytes. Pure. */
import ipaddr from 'ipaddr.js';

export const MAC_BYTES = 6;
export const IPV4_BYTES = 4;
export const IPV6_BYTES = 16;

export function addressBytes(address: string): Buffer {
  return Buffer.from(ipaddr.parse(address).toByteArray());
}

/** Of 4 bytes or 16. */
export function addressText(bytes: Uint8Array): string {
  const parsed = ipaddr.fromByteArray([...bytes]);
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString();
}

export function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

export function macText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** Of one machine: neither a group's nor nobody's. */
export function isOneMachine(mac: Uint8Array): boolean {
  return ((mac[0] ?? 1) & 1) === 0 && mac.some((byte) => byte !== 0);
}
